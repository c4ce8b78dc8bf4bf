/** Where the library's folders lie: give it to `loadFlows` of `comfygen/node`. */
export const workflowsUrl = new URL('./', import.meta.url);
