/** What words on the map are set in: fonts of the machine, so that no file of glyphs is needed. */
export const FONT = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];
