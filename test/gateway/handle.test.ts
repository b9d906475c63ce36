import { expect, test } from "vitest";
import { Ours } from "./support/ours.ts";

test("a put and a range go to the member and back", () => {
  const ours = new Ours("3.7.3");
  const put = ours.text("POST", "/v3/kv/put", '{"key":"YQ==","value":"Yg"}');
  expect(put).toMatch(
    /^200 \{"header":\{"cluster_id":"\d+","member_id":"\d+","revision":"2","raft_term":"\d+"\}\}$/,
  );
  expect(ours.text("POST", "/v3/kv/range", '{"key":"YQ==","limit":5}')).toContain(
    '"kvs":[{"key":"YQ==","create_revision":"2","mod_revision":"2","version":"1","value":"Yg=="}],"count":"1"}',
  );
});

test("what is wrong is told in each release's words", () => {
  const body = '{"key":"YQ==","key":"Yg=="}';
  expect(new Ours("3.6.16").text("POST", "/v3/kv/range", body)).toBe(
    '400 {"code":3,"message":"proto: (line 1:15): duplicate field \\"key\\""}',
  );
  expect(new Ours("3.4.23").text("POST", "/v3/kv/range", body)).toMatch(/^200 /);
  expect(new Ours("3.4.23").text("GET", "/v3/kv/range")).toBe("405 Method Not Allowed\n");
  expect(new Ours("3.7.3").text("GET", "/v3/kv/range")).toBe(
    '501 {"code":12,"message":"Method Not Allowed"}',
  );
});
