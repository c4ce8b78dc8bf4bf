import manifest from '../../package.json' with { type: 'json' };

/** This executor's version, the package's. */
export const VERSION: string = manifest.version;

/** The executor's name and version, as its inventory states them. */
export const SOURCE = `comfygen embedded ${VERSION}`;
