import type { HttpClient } from 'comfygen/http';
import type { JobRef, JsonObject } from 'comfygen/plugin';
import type { Job } from './job.ts';

/** Where a job is looked at, watched and canceled. */
export type JobLink = 'self' | 'events' | 'cancel';

/**
 * A link of the service as an address. A host-relative one has the path of the mount already: only the host is missing.
 */
export function absoluteUrl(http: HttpClient, link: string): string {
  return new URL(link, http.url('').origin).href;
}

/** The paths of a job's links, for its reference: those on the service's own host, without what a query may hide. */
export function linksOf({ urls }: Job, http: HttpClient): JsonObject {
  const { origin } = http.url('');
  const links: JsonObject = {};
  for (const name of ['self', 'events', 'cancel'] as const) {
    const given = urls?.[name];
    if (!given || !URL.canParse(given, origin)) continue;
    const url = new URL(given, origin);
    if (url.origin === origin && url.search === '') links[name] = url.pathname;
  }
  return links;
}

/** The address behind a reference's link. */
export function jobUrl(http: HttpClient, { id, data }: JobRef, name: JobLink): string {
  const links = data?.['links'] as JsonObject | undefined;
  const path = links?.[name];
  // The links belong to that id alone.
  if (typeof path === 'string' && path.includes(encodeURIComponent(id)))
    return absoluteUrl(http, path);
  return http.url(`api/v2/jobs/${encodeURIComponent(id)}${name === 'self' ? '' : `/${name}`}`).href;
}
