// What reads a dashboard as Grafana does: the types that Grafana publishes of it (Apache-2.0).
module crossaccountlink.dev/testbed/grafana

go 1.26.0

require github.com/grafana/grafana-foundation-sdk/go v0.0.22
