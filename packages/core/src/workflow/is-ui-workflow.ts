/** Whether a value is a workflow in ComfyUI's UI format: it has a `nodes` array and `links`. */
export function isUiWorkflow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { nodes, links } = value as { nodes?: unknown; links?: unknown };
  return Array.isArray(nodes) && (Array.isArray(links) || links === undefined);
}
