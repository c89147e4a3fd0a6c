import { expect, it, vi } from "vitest";
import { Api } from "../host/api";
import { Session } from "../store/session.svelte";
import { noAnswer } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import { expectedView } from "./preload";
import { VIEWS } from "./views";

withoutBrowser();

it("expects the view that the page loads until it knows which have data, but where the address names one", () => {
  const { signal } = new AbortController();
  const expectedAt = (search: string) => {
    vi.stubGlobal("window", { parent: { location: { href: "http://localhost", search } } });
    return expectedView();
  };
  expect(expectedAt("")).toBe(new Session(VIEWS, new Api(noAnswer), signal).view);
  expect(expectedAt("?p.seqviz.view=structure")).toBe("structure");
});
