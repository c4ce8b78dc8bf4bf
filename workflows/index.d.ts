/** Where the library's folders lie: give it to `loadFlows` of `comfygen/node`. */
export declare const workflowsUrl: URL;
