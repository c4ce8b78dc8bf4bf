import { ComfygenError, type PartRef } from 'comfygen/plugin';

/** An optional package. @throws MISSING_SETTING with the command that installs it, where it is not there */
export async function loadPeer<T>(
  part: PartRef,
  packages: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new ComfygenError(
      'MISSING_SETTING',
      `${part.role} ${part.name} needs what is not installed. Run: npm install ${packages}`,
      { part, details: { packages: packages.split(' ') }, cause: error },
    );
  }
}
