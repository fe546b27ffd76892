/** PromQL for the site's highlighter, which does not know it: as much of the language as runbooks use.
 *  https://prometheus.io/docs/prometheus/latest/querying/basics/ */
export const promql = {
  name: 'promql',
  scopeName: 'source.promql',
  patterns: [
    { name: 'comment.line.number-sign.promql', match: '#.*$' },
    { name: 'string.quoted.promql', match: '"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'|`[^`]*`' },
    {
      name: 'keyword.operator.promql',
      match:
        '\\b(?:and|or|unless|by|without|on|ignoring|group_left|group_right|offset|bool)\\b|[=!]~|[=!<>]=?|[-+*/%^]',
    },
    { name: 'constant.numeric.promql', match: '\\b[0-9]+(?:\\.[0-9]+)?(?:ms|[smhdwy])?\\b' },
    { name: 'entity.name.function.promql', match: '\\b[a-z_]+(?=\\s*(?:\\(|(?:by|without)\\b))' },
    { name: 'variable.other.label.promql', match: '\\b[a-zA-Z_]\\w*(?=\\s*(?:=|!))' },
    { name: 'variable.other.metric.promql', match: '[a-zA-Z_:][\\w:]*' },
  ],
};
