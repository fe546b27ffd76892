{{- define "crossaccountlink.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "crossaccountlink.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "crossaccountlink.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "crossaccountlink.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is required when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "crossaccountlink.selectorLabels" -}}
{{- /* Quoted, as every name below: a release may be called 1234 or "true". */ -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- /* What every object bears; selectors look at the first two, which no value can change. */ -}}
{{- define "crossaccountlink.labels" -}}
{{- $given := dict
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/managed-by" .Release.Service
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") }}
{{- $selected := include "crossaccountlink.selectorLabels" . | fromYaml }}
{{- $common := mergeOverwrite dict (deepCopy (default dict .Values.global.commonLabels)) .Values.commonLabels }}
{{- mergeOverwrite $given $common $selected | toYaml }}
{{- end -}}

{{- /*
The metadata of an object. Call it with a dict of root and name, and as needed of namespace ("" for the release's own,
left out for what has none), labels, annotations.
*/ -}}
{{- define "crossaccountlink.metadata" -}}
{{- $root := .root }}
{{- $metadata := dict "name" .name }}
{{- if hasKey . "namespace" }}
{{- $_ := set $metadata "namespace" (default (include "crossaccountlink.namespace" $root) .namespace) }}
{{- end }}
{{- $labels := mergeOverwrite dict (deepCopy (default dict .labels)) (include "crossaccountlink.labels" $root | fromYaml) }}
{{- $_ := set $metadata "labels" $labels }}
{{- with mergeOverwrite dict (deepCopy $root.Values.commonAnnotations) (deepCopy (default dict .annotations)) }}
{{- $_ := set $metadata "annotations" . }}
{{- end }}
{{- toYaml $metadata }}
{{- end -}}

{{- /* A registry that is given takes the place of the one in the repository: the first part, if it is a host. */ -}}
{{- define "crossaccountlink.image" -}}
{{- $repository := .Values.image.repository -}}
{{- with default .Values.global.imageRegistry .Values.image.registry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^(localhost|[^/]*[.:][^/]*)/" $repository "") -}}
{{- end -}}
{{- $repository -}}:{{- default .Chart.AppVersion .Values.image.tag -}}{{- with .Values.image.digest -}}@{{ . }}{{- end -}}
{{- end -}}

{{- /* A value of the pod, or the one that the charts of an umbrella share. */ -}}
{{- define "crossaccountlink.orGlobal" -}}
{{- $own := index .root.Values .value -}}
{{- if $own }}{{ toJson $own }}{{ else }}{{ with index .root.Values.global .value }}{{ toJson . }}{{ end }}{{ end -}}
{{- end -}}

{{- /*
Helm looks up every kind of a release before it makes the first object of it. So accounts cannot come with the release
that brings their CRD, only with the next; the notes say so. (Making them in a hook does not help: Helm takes over what
a hook has made, but without the changes of the release that takes over.) Kinds are known by name only with a cluster
at hand; "helm template" without one renders everything.
*/ -}}
{{- define "crossaccountlink.kindsKnown" -}}
{{- $offline := not (.Capabilities.APIVersions.Has "v1/Namespace") -}}
{{- if or $offline (.Capabilities.APIVersions.Has "crossaccountlink.dev/v1alpha1/AWSAccount") -}}true{{- end -}}
{{- end -}}

{{- /* Ten is Kubernetes' own default, and ours: so a global one counts where ours is untouched. */ -}}
{{- define "crossaccountlink.revisionHistoryLimit" -}}
{{- if and (eq (int .Values.revisionHistoryLimit) 10) (hasKey .Values.global "revisionHistoryLimit") -}}
{{- .Values.global.revisionHistoryLimit -}}
{{- else -}}
{{- .Values.revisionHistoryLimit -}}
{{- end -}}
{{- end -}}

{{- define "crossaccountlink.claimName" -}}
{{- printf "crossaccountlink-%s-claim" (lower .Values.clusterID) -}}
{{- end -}}
