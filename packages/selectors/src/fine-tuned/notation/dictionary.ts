/** A node class with a short name, and the order in which its inputs are written without their names. */
export interface ClassEntry {
  code: string;
  classType: string;
  inputs: readonly string[];
}

/**
 * The notation's dictionary: code, class, inputs. Models are trained on it, so a line that stands here never
 * changes; new classes may be added at the end. No code is the name of a class of ComfyUI.
 */
const LINES = `
Ckpt CheckpointLoaderSimple ckpt_name
Unet UNETLoader unet_name weight_dtype
Clip CLIPLoader clip_name type device
Clip2 DualCLIPLoader clip_name1 clip_name2 type device
Clip3 TripleCLIPLoader clip_name1 clip_name2 clip_name3
Clip4 QuadrupleCLIPLoader clip_name1 clip_name2 clip_name3 clip_name4
Vae VAELoader vae_name
Lora LoraLoader model clip lora_name strength_model strength_clip
LoraM LoraLoaderModelOnly model lora_name strength_model
Upscaler UpscaleModelLoader model_name
Skip CLIPSetLastLayer clip stop_at_clip_layer
Text CLIPTextEncode clip text
TextXL CLIPTextEncodeSDXL clip width height crop_w crop_h target_width target_height text_g text_l
TextXLR CLIPTextEncodeSDXLRefiner clip ascore width height text
TextSD3 CLIPTextEncodeSD3 clip clip_l clip_g t5xxl empty_padding
TextFlux CLIPTextEncodeFlux clip clip_l t5xxl guidance
Guide FluxGuidance conditioning guidance
Both ConditioningCombine conditioning_1 conditioning_2
Concat ConditioningConcat conditioning_to conditioning_from
Blend ConditioningAverage conditioning_to conditioning_from conditioning_to_strength
Area ConditioningSetArea conditioning width height x y strength
AreaP ConditioningSetAreaPercentage conditioning width height x y strength
Zero ConditioningZeroOut conditioning
When ConditioningSetTimestepRange conditioning start end
StageB StableCascade_StageB_Conditioning conditioning stage_c
Latent EmptyLatentImage width height batch_size
Latent16 EmptySD3LatentImage width height batch_size
LatentSC StableCascade_EmptyLatentImage width height compression batch_size
Resize LatentUpscale samples upscale_method width height crop
Scale LatentUpscaleBy samples upscale_method scale_by
Paste LatentComposite samples_to samples_from x y feather
Sample KSampler model positive negative latent_image seed steps cfg sampler_name scheduler denoise
SampleA KSamplerAdvanced model positive negative latent_image add_noise noise_seed steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise
SampleC SamplerCustom model positive negative sampler sigmas latent_image add_noise noise_seed cfg
SampleG SamplerCustomAdvanced noise guider sampler sigmas latent_image
Solver KSamplerSelect sampler_name
Sigmas BasicScheduler model scheduler steps denoise
SigmasK KarrasScheduler steps sigma_max sigma_min rho
SigmasT SDTurboScheduler model steps denoise
Noise RandomNoise noise_seed
Guider BasicGuider model conditioning
GuiderC CFGGuider model positive negative cfg
ShiftSD3 ModelSamplingSD3 model shift
ShiftAura ModelSamplingAuraFlow model shift
ShiftSC ModelSamplingStableCascade model shift
ShiftFlux ModelSamplingFlux model max_shift base_shift width height
Discrete ModelSamplingDiscrete model sampling zsnr
Rescale RescaleCFG model multiplier
FreeU2 FreeU_V2 model b1 b2 s1 s2
PAG PerturbedAttentionGuidance model scale
Decode VAEDecode samples vae
Encode VAEEncode pixels vae
DecodeT VAEDecodeTiled samples vae tile_size overlap temporal_size temporal_overlap
ImageTo ImageScale image upscale_method width height crop
ImageBy ImageScaleBy image upscale_method scale_by
Upscale ImageUpscaleWithModel upscale_model image
Blank EmptyImage width height batch_size color
Save SaveImage images filename_prefix
Preview PreviewImage images
Int PrimitiveInt value
String PrimitiveString value
Join StringConcatenate string_a string_b delimiter
`;

/** Every class with a code, in the dictionary's order. */
export const DICTIONARY: readonly ClassEntry[] = LINES.trim()
  .split('\n')
  .map((line) => {
    const [code, classType, ...inputs] = line.split(' ') as [string, string, ...string[]];
    return { code, classType, inputs };
  });

/** By code. */
export const byCode: ReadonlyMap<string, ClassEntry> = new Map(
  DICTIONARY.map((entry) => [entry.code, entry]),
);

/** By class. */
export const byClass: ReadonlyMap<string, ClassEntry> = new Map(
  DICTIONARY.map((entry) => [entry.classType, entry]),
);
