import { expect, test } from "vitest";
import { type ExportRow, samplesCsv, samplesJson } from "./exporting";

const row: ExportRow = {
  run: "run, one",
  step: 1200,
  prompt: 'He said "no"',
  temperature: 0.5,
  repeat: 0,
  beams: 0,
  text: "first line\nsecond\r\n",
  reference: null,
  measures: { perplexity: 3.25, bleu: Number.NaN },
};

test("CSV: quotes doubled, line breaks kept, nothing for what is not there", () => {
  expect(samplesCsv([row])).toBe(
    "run,step,prompt,temperature,repeat,beams,text,reference,perplexity,bleu\r\n" +
      '"run, one",1200,"He said ""no""",0.5,0,0,"first line\nsecond\r\n",,3.25,\r\n',
  );
});

test("CSV: rows of different measures share their columns", () => {
  const other = { ...row, reference: "", measures: { chrf: 0 } };
  const [head, , last] = samplesCsv([
    { ...row, text: "" },
    { ...other, text: "" },
  ]).split("\r\n");
  expect(head).toMatch(/,perplexity,bleu,chrf$/);
  expect(last).toMatch(/,"","",,,0$/);
});

test.each(["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1", "＝1＋1"])(
  "CSV: %j is a text to a spreadsheet, and none is lost in JSON",
  (text) => {
    const [, line] = samplesCsv([{ ...row, text, measures: { bleu: -1 } }]).split(/\r\n(?=")/);
    expect(line).toContain(`,"'${text}",`);
    expect(line).toMatch(/,-1\r\n$/);
    expect(JSON.parse(samplesJson([{ ...row, text }]))[0].text).toBe(text);
  },
);

test("CSV: nothing but the head for no rows", () => {
  expect(samplesCsv([])).toBe("run,step,prompt,temperature,repeat,beams,text,reference\r\n");
});

test("JSON: the texts to the character, null for what is not a number", () => {
  const text = "\u0000 \ud83d 👩‍👩‍👧 </script> \u2028";
  const [record] = JSON.parse(samplesJson([{ ...row, text }]));
  expect(record).toEqual({ ...row, text, measures: { perplexity: 3.25, bleu: null } });
});
