import { type Mutant, mutant, plain, seen, thrown } from './mutant.ts';

/** What goes wrong with files and failures. */
export const outputMutants: Mutant[] = [
  mutant(
    'success without a file',
    { wrap: seen(({ failure }) => (failure ? { state: 'succeeded', failure: undefined } : {})) },
    [
      'calls a success without a file OUTPUT_MISSING',
      'calls a job failed that has no list of files where one should be',
    ],
  ),
  mutant('one error for every file', { wrap: thrown('download', plain) }, [
    'calls a file that is gone OUTPUT_EXPIRED',
    'gets its image after a download that met status',
    'gets its image after a download that met reset',
    'calls half a file HOST_FAULT',
    'calls a login page in place of a file PROTOCOL',
    'calls a file above the limit PAYLOAD_TOO_LARGE',
  ]),
  mutant(
    'images alone',
    {
      wrap: seen(({ outputs }) => ({ outputs: outputs.filter(({ kind }) => kind === 'image') })),
    },
    ['tells of files of other kinds, each with a media type of its kind'],
  ),
  mutant(
    'every file a picture by its media type',
    {
      wrap: seen(({ outputs }) => ({
        outputs: outputs.map((one) => ({ ...one, mediaType: 'image/png' })),
      })),
    },
    ['tells of files of other kinds, each with a media type of its kind'],
  ),
  mutant(
    'names with a path',
    {
      wrap: seen(({ outputs }) => ({
        outputs: outputs.map((one) => ({ ...one, fileName: `../${one.fileName}` })),
      })),
    },
    ['makes no path of a file’s name'],
  ),
  mutant(
    'the last file first',
    { wrap: seen(({ outputs }) => ({ outputs: outputs.toReversed() })) },
    ['gives each file of several nodes and batches to its node, in their order'],
  ),
  mutant(
    'bytes with one more',
    {
      wrap: (part) => ({
        async download(...args) {
          const { bytes, mediaType } = await part.download(...args);
          return { bytes: new Uint8Array([...bytes, 0]), mediaType };
        },
      }),
    },
    [
      'gives bytes that nobody touched',
      'sees a job queued, running and done, and gives the bytes that the service keeps',
    ],
  ),
  mutant(
    'previews too',
    {
      wrap: seen(({ outputs }) => ({
        outputs: [...outputs, { ...outputs[0]!, nodeId: 'preview' }],
      })),
    },
    ['leaves previews out where a job keeps something else'],
  ),
  mutant(
    'one code for every failure',
    {
      wrap: seen(({ failure }) => ({
        failure: failure && { ...failure, code: 'EXECUTION_FAILED', retryable: false },
      })),
    },
    [
      'lets a plan be tried again where the host is at fault',
      'names the node of what is not there, with the code of a missing-model',
      'names the node of what is not there, with the code of a missing-input',
    ],
  ),
  mutant(
    'no warnings',
    { wrap: seen(() => ({ warnings: [] })) },
    ['keeps the images of a partial success, and warns of what is lost'],
    'runpod',
  ),
  mutant(
    'another picture than the one that was given',
    {
      wrap: (part) => ({
        upload: (file, ctx) => {
          const bytes = file.bytes.slice();
          // In the header: the height.
          bytes[23] = 4;
          return part.upload!({ ...file, bytes }, ctx);
        },
      }),
    },
    [
      'runs a graph on the very picture that was uploaded',
      'is given the pictures of a brief where it can store them, and no such flow else',
    ],
  ),
  mutant(
    'pictures that it says it stores, and does not',
    { wrap: (part) => ({ supports: { ...part.supports, files: true } }) },
    ['is given the pictures of a brief where it can store them, and no such flow else'],
  ),
];
