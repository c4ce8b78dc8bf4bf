import type { JobOptions } from './options.ts';

/** A command that goes on with a job as this one found it: `comfygen jobs resume 1a2b3c4d --url …`. */
export function jobCommand(verb: string, id: string, options: JobOptions): string {
  const { jobs, config, url } = options;
  const addresses = (url ?? []).map((one) => ['url', publicUrl(one)] as const);
  const flags = [['jobs', jobs] as const, ['config', config] as const, ...addresses]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${quote(value!)}`);
  return `comfygen jobs ${verb} ${id}${flags.join('')}`;
}

/** An address with a user name, a password or a query is not repeated. */
function publicUrl(address: string): string {
  const url = URL.parse(address);
  return url === null || url.username || url.password || url.search ? 'ADDRESS' : address;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
