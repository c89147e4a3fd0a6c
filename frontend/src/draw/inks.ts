/** The page's own colours, for canvases and pictures, which know no style sheet; `ui/theme.css` has the same by the same names. */

export type Theme = "light" | "dark";

export interface Inks {
  paper: string;
  /** Text. */
  ink: string;
  /** Labels. */
  ink2: string;
  /** Ticks and bars; never text. */
  ink3: string;
  rule: string;
  hover: string;
  /** What is shown: selected text, badges. B is what it is compared with. */
  a: string;
  /** Its handles, outlines, dots. */
  aFill: string;
  aOn: string;
  /** The ground of a selected row. */
  aSoft: string;
  b: string;
  bFill: string;
  bOn: string;
  bSoft: string;
  /** Ribbons of one head. */
  weight: string;
  warn: string;
  bad: string;
}

export const INKS: Record<Theme, Inks> = {
  light: {
    paper: "#ffffff",
    ink: "#1f2124",
    ink2: "#5c6166",
    ink3: "#8a8f95",
    rule: "#dfe1e4",
    hover: "#f2f3f5",
    a: "#b84300",
    aFill: "#d95200",
    aOn: "#ffffff",
    aSoft: "#fff0e5",
    b: "#6a3fa0",
    bFill: "#6a3fa0",
    bOn: "#ffffff",
    bSoft: "#f2ecfb",
    weight: "#0b5fb0",
    warn: "#8a5a00",
    bad: "#a8123e",
  },
  dark: {
    paper: "#303030",
    ink: "#f1f1f1",
    ink2: "#bdc0c4",
    ink3: "#8f9398",
    rule: "#4b4d50",
    hover: "#3b3c3e",
    a: "#ffb070",
    aFill: "#ffa050",
    aOn: "#241200",
    aSoft: "#4b3a2b",
    b: "#c9b2f5",
    bFill: "#b99cf0",
    bOn: "#1b0e36",
    bSoft: "#413a50",
    weight: "#8cc4ff",
    warn: "#f2c14e",
    bad: "#ff9fb4",
  },
};
