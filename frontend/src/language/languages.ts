/** The languages that the page speaks: the name of each, in itself. */
export const LANGUAGES = { en: "English", "zh-CN": "中文" } as const;

export type Language = keyof typeof LANGUAGES;
