import manifest from '../../package.json' with { type: 'json' };

/** This executor's version, the package's. */
export const VERSION: string = manifest.version;

/** Name and version, as the inventory says them. */
export const SOURCE = `comfygen embedded ${VERSION}`;
