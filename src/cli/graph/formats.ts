/** The formats of `graph`, in a file of their own so that the help need not load the code that draws. */
export const GRAPH_FORMATS = ['mermaid', 'dot', 'svg', 'html', 'json', 'yaml'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];
