import type { JobOptions } from './options.ts';

/** A command that goes on with a job as this one found it: `comfygen jobs resume 1a2b3c4d --url …`. */
export function jobCommand(verb: string, id: string, options: JobOptions): string {
  const { jobs, config, url } = options;
  const flags = Object.entries({ jobs, config, url: url && publicUrl(url) })
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
