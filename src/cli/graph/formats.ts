/** What `graph` can print: by itself, so that the help need not load what draws. */
export const GRAPH_FORMATS = ['mermaid', 'dot', 'svg', 'html', 'json', 'yaml'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];
