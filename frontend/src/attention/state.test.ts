import { expect, it } from "vitest";
import { openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import { attention as attentionView } from "./view";

// Effects do not run here, and nothing is fetched.

withoutBrowser();

it("goes to what another view points at, and leaves pin and zoom of other tokens behind", () => {
  const attention = openView(attentionView);
  attention.change({ layer: "encoder", head: 2, heads: [2, 3], viewport: { zoom: 2, query: 1, key: 1 } });
  expect(attention.placeOf({ query: 4 })).toMatchObject({ layer: "encoder", head: 2, pin: 4, viewport: null });
  expect(attention.placeOf({ layer: "decoder" })).toMatchObject({
    layer: "decoder",
    head: null,
    heads: null,
    pin: null,
  });
});
