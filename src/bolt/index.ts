export { BoltError } from "./bolt-error.ts";
export { Bucket, type Item } from "./bucket.ts";
export { checkFile, type FileUse } from "./check.ts";
export { BoltFile } from "./file.ts";
export { type PageSource, sourceOf } from "./page-source.ts";
export type { Pair } from "./plan.ts";
export { type BucketContent, writeBolt } from "./write.ts";
