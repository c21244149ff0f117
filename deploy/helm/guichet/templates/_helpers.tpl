{{- define "guichet.name" -}}
{{- if contains "guichet" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-guichet{{ end }}
{{- end }}

{{- define "guichet.labels" -}}
app.kubernetes.io/name: guichet
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "guichet.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What every pod has in common. (root, part) */}}
{{- define "guichet.pod" -}}
{{- $root := index . 0 }}{{ $part := index . 1 -}}
automountServiceAccountToken: false
enableServiceLinks: false # Kubernetes would set GUICHET_RASA_PORT and others to addresses of its own
terminationGracePeriodSeconds: 40
securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, fsGroupChangePolicy: OnRootMismatch, seccompProfile: { type: RuntimeDefault } }
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { app.kubernetes.io/instance: {{ $root.Release.Name }}, app.kubernetes.io/component: {{ $part }} } }
volumes:
  - name: state
    persistentVolumeClaim: { claimName: {{ $root.Values.state.claim | required "state.claim: a ReadWriteMany claim that exists" }} }
  - { name: run, emptyDir: {} } # by process id, which pods have in common
  - { name: tmp, emptyDir: {} }
{{- end }}

{{/* What every container has in common but for its secrets. (root, arguments) */}}
{{- define "guichet.container" -}}
{{- $root := index . 0 -}}
image: {{ include "guichet.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: {{ index . 1 | toJson }}
securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
volumeMounts:
  - { name: state, mountPath: /var/lib/guichet }
  - { name: run, mountPath: /var/lib/guichet/run }
  - { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "guichet.settings" -}}
{{- $own := dict "GUICHET_HOST" "0.0.0.0" "GUICHET_PORT" "8080" "GUICHET_INNER_HOST" "0.0.0.0" "GUICHET_RASA_PORT" "5005" "GUICHET_ACTIONS_PORT" "5055" -}}
{{- $_ := set $own "GUICHET_RASA_HOST" (printf "%s-rasa" (include "guichet.name" .)) -}}
{{- $_ := set $own "GUICHET_ACTIONS_HOST" (printf "%s-actions" (include "guichet.name" .)) -}}
{{- range $name, $value := merge $own .Values.settings }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end }}

{{/* Whether a process answers at an address of its own pod; health addresses want the secret. */}}
{{- define "guichet.probe" -}}
exec:
  command:
    - .venv/bin/python
    - -c
    - import os, urllib.request as u; u.urlopen(u.Request("http://127.0.0.1:{{ . }}", headers={"X-Guichet-Secret":os.environ["GUICHET_INTERNAL_SECRET"]}), timeout=4)
timeoutSeconds: 5
{{- end }}
