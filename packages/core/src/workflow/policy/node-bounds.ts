/** How what a node gives is bounded by what it is given. */
export type Growth =
  /** Conditions, texts and pictures are put one behind the other. */
  | 'sum'
  /** The same for positive and negative conditions, each for itself. */
  | 'pair'
  /** One text takes the place of each character of another, at worst. */
  | 'replace'
  /** `amount` copies. */
  | 'repeat'
  /** Pictures side by side: as wide as both, and as high as the higher one. */
  | 'beside'
  /** A batch becomes a list, and all behind it runs once for each item. */
  | 'list'
  /** So many noise levels between each two. */
  | 'levels'
  /** An upscaling model, which doubles, triples or quadruples a side; its name does not bind it. */
  | 'model-scale'
  /** Works tile by tile. */
  | 'tiled'
  /** A size that no input tells: a file's. */
  | 'file';

const table = (growths: Record<Growth, string>): ReadonlyMap<string, Growth> =>
  new Map(
    Object.entries(growths).flatMap(([growth, names]) =>
      names.split(/\s+/).map((name): [string, Growth] => [name, growth as Growth]),
    ),
  );

/**
 * The core classes that give more than the largest of what they are given, beyond what their numbers (`width`,
 * `batch_size`, `scale_by`, `steps` and their kind) say by themselves.
 */
export const GROWTH = table({
  sum: `ConditioningCombine ConditioningConcat ConditioningSetDefaultCombine ConditioningSetPropertiesAndCombine
CFGGuider DualCFGGuider PerpNegGuider StringConcatenate AddTextPrefix AddTextSuffix ImageBatch LatentBatch BatchImagesNode BatchLatentsNode
BatchMasksNode MergeTextLists MergeImageLists CreateList`,
  pair: 'PairConditioningCombine PairConditioningSetDefaultCombine PairConditioningSetPropertiesAndCombine',
  replace: 'StringReplace RegexReplace ReplaceText',
  repeat: 'RepeatLatentBatch RepeatImageBatch',
  beside: 'ImageStitch LatentConcat ImagePadForOutpaint',
  list: `RebatchImages RebatchLatents SplitImageToTileList SeedVR2TemporalChunk ShuffleDataset ShuffleImageTextDataset
ShuffleVideoDataset ShuffleVideoTextDataset ResolutionBucket ImageDeduplication MakeTrainingDataset LoadTrainingDataset
LoadImageDataSetFromFolder LoadImageTextDataSetFromFolder LoadVideoDataSetFromFolder LoadVideoTextDataSetFromFolder
WanDancerPadKeyframesList`,
  levels: 'ExtendIntermediateSigmas',
  'model-scale': 'ImageUpscaleWithModel',
  tiled: 'VAEDecodeTiled VAEEncodeTiled VAEDecodeAudioTiled',
  file: 'LoadImage LoadImageMask LoadImageOutput LoadLatent LoadVideo',
});

/** Classes whose `steps` say how many noise levels they give; what samples with those counts them. */
export const SCHEDULERS: ReadonlySet<string> = new Set(
  `AlignYourStepsScheduler BasicScheduler BetaSamplingScheduler ExponentialScheduler Flux2Scheduler GITSScheduler Ideogram4Scheduler
KarrasScheduler LTXVScheduler LaplaceScheduler OptimalStepsScheduler PolyexponentialScheduler SDTurboScheduler VPScheduler`.split(
    /\s+/,
  ),
);

/** Classes whose width and height are hints or regions, not the size of something that is made. */
export const NOT_A_PICTURE =
  /^(Conditioning|CLIPTextEncode|ModelSampling)|^(ImageCrop|Flux2Scheduler)$/;
