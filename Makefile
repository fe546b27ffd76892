# Everything a contributor does, by name. `make` alone lists it.
# Each target installs what it needs first: npm packages into node_modules, the rest into ~/.cache/crossaccountlink.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The pinned Node, not the machine's own, which may be older than this project bears.
NODE := node_modules/.bin/node
NPM_RUN := npm run --silent
# Packages are installed again when the lock file's content changes, not when a checkout touches it.
INSTALLED := node_modules/.installed-$(shell cksum < package-lock.json | tr -s ' ' '-')
# Written last of the bundles. Tests bundle again only what has changed since, which folders say of what was taken away:
# `make build` always does.
BUNDLED := dist/kubectl-crossaccountlink.mjs

# Downloads go through HTTPS_PROXY, where that is set.
export NODE_USE_ENV_PROXY := 1

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ See it work

.PHONY: demo
demo: $(INSTALLED) build ## See it work: a control plane, three AWS accounts, links made, proven and removed
	@$(NODE) testbed/demo.ts $(ARGS)

.PHONY: dev
dev: $(INSTALLED) build ## Leave a control plane, an AWS emulator and the operator running until Ctrl-C
	@$(NODE) testbed/dev.ts $(ARGS)

##@ Change it

.PHONY: build
build: $(INSTALLED) ## Bundle the operator and the kubectl plugin into dist/
	@$(NPM_RUN) build

.PHONY: generate
generate: $(INSTALLED) ## Write what is generated: types from crds/, parts of docs/, the chart's CRDs
	@$(NPM_RUN) generate

.PHONY: test
test: $(INSTALLED) $(BUNDLED) browser ## Run all tests, or some: make test ARGS="pure" or ARGS="e2e --only=deletion"
	@$(NPM_RUN) test -- $(ARGS)

.PHONY: typecheck
typecheck: $(INSTALLED) ## Check the types
	@$(NPM_RUN) typecheck

.PHONY: lint
lint: $(INSTALLED) ## Check the code for mistakes and forbidden imports
	@$(NPM_RUN) lint

.PHONY: format
format: $(INSTALLED) ## Format every file
	@$(NPM_RUN) format

.PHONY: format-check
format-check: $(INSTALLED) ## Fail if a file is not formatted
	@$(NPM_RUN) format:check

.PHONY: generate-check
generate-check: generate ## Fail if what is generated is not up to date
	@git diff --exit-code -- src/api docs charts deploy

.PHONY: browser
browser: ## Install Chromium for the console's tests, where nobody has to be asked (root, apt-get)
	@sh scripts/ensure-chromium.sh

.PHONY: clean
clean: ## Remove what was built and installed here; the tools in ~/.cache/crossaccountlink stay
	rm -rf dist node_modules

##@ Prove and measure it

.PHONY: simulate
simulate: $(INSTALLED) ## Simulate histories of the whole operator on models: make simulate ARGS="--histories=10000 --seed=1"
	@$(NODE) bench/simulate.ts $(ARGS)

.PHONY: mutants
mutants: $(INSTALLED) ## Revert each fix for which a history is kept, one at a time: the history has to find it; ARGS=--reseed gives those that no longer do another order
	@$(NODE) bench/mutants.ts $(ARGS)

.PHONY: soak
soak: $(INSTALLED) build ## Run for an hour of compressed time (drift, faults, repairs that somebody undoes), then simulate a million histories (some five hours; fewer with ARGS=--histories=N)
	@$(NODE) bench/soak.ts $(ARGS)

.PHONY: bench
bench: $(INSTALLED) build ## Measure against the performance targets; writes bench/results.json
	@$(NODE) bench/bench.ts $(ARGS)

.PHONY: holds
holds: $(INSTALLED) ## Print how long the largest definitions hold the event loop: make holds ARGS=string
	@$(NODE) bench/holds.ts $(ARGS)

##@ Document and release it

.PHONY: site
site: $(INSTALLED) ## Build the documentation as a site, and check its links: site/.vitepress/dist; make site ARGS=dev serves it
	@$(NODE) scripts/site.ts $(ARGS)

.PHONY: screenshots
screenshots: $(INSTALLED) build browser ## Take the pictures of the console in docs/images, of links that really run
	@$(NODE) test/e2e/console/screenshots.ts

.PHONY: image
image: $(INSTALLED) ## Build the operator's image without a daemon, and print its size (as root, with buildah)
	@$(NODE) scripts/image.ts $(ARGS)

.PHONY: release
release: $(INSTALLED) build ## Fill release/: chart, install.yaml, plugin for each platform, image, SBOM, checksums
	@$(NODE) scripts/release.ts $(ARGS)

.PHONY: sbom
sbom: $(INSTALLED) ## Write what is in the product to dist/sbom.cdx.json (CycloneDX)
	@mkdir -p dist && $(NODE) scripts/sbom.ts dist/sbom.cdx.json

.PHONY: licences
licences: $(INSTALLED) ## Fail if a package is under a licence that nobody has agreed to
	@$(NODE) scripts/licences.ts

.PHONY: audit
audit: $(INSTALLED) ## Ask the npm registry for known weaknesses and for the signatures of what is installed
	@npm audit --omit=dev && npm audit signatures

.PHONY: workflows
workflows: $(INSTALLED) ## Check the workflows under .github
	@$(NODE) scripts/workflows.ts

$(BUNDLED): $(INSTALLED) package.json $(shell find src scripts)
	@$(NPM_RUN) build

$(INSTALLED):
	@command -v npm >/dev/null || { \
	  echo "Node.js with npm is missing (any version from 20 on: it only installs the pinned one)."; \
	  echo "It is needed for everything here. To get it: see https://nodejs.org/en/download, or your package manager"; \
	  exit 1; } >&2
	@node scripts/install-packages.mjs
	@test -x $(NODE) || { \
	  echo "npm did not install the pinned Node: install scripts seem to be switched off (npm config get ignore-scripts)."; \
	  exit 1; } >&2
	@touch $@
