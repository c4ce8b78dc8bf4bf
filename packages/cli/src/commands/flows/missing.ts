import type { FlowCheck } from 'comfygen';
import { plural } from '../../render/text.ts';

/** What a flow lacks, in one cell of a table. */
export function summarizeMissing({ canRun, missing, reasons }: FlowCheck): string {
  if (canRun) return 'yes';
  const parts = [
    ...(missing.models.length > 0 ? [plural(missing.models.length, 'model')] : []),
    ...(missing.classes.length > 0
      ? [plural(missing.classes.length, 'node class').replace(/classs$/, 'classes')]
      : []),
  ];
  return parts.length > 0 ? `needs ${parts.join(', ')}` : (reasons[0]?.message ?? 'no');
}
