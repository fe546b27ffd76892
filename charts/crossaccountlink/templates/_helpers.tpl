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

{{- define "crossaccountlink.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "crossaccountlink.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is required when serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "crossaccountlink.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "crossaccountlink.labels" -}}
{{ include "crossaccountlink.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "crossaccountlink.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- .Values.image.repository -}}:{{- $tag -}}{{- with .Values.image.digest -}}@{{ . }}{{- end -}}
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
