import assert from "node:assert/strict";
import { test } from "node:test";

const js = "../../../geomap/page/static/js";
const { decodeLine } = await import(`${js}/lines.mjs`);
const { clipRing, distanceKm, labelPoint, lineMiddle, nearLongitude, overlap, roundDistance, samples } = await import(`${js}/geometry.mjs`);
const { declutter, rectAt } = await import(`${js}/declutter.mjs`);
const { dayNumber, lanes, slots, timeScale } = await import(`${js}/timescale.mjs`);
const { byParagraph, pieces, wholeWords } = await import(`${js}/textmarks.mjs`);
const { locale } = await import(`${js}/i18n.mjs`);

test("a line decodes to degrees", () => {
  assert.deepEqual([...decodeLine("EICAAD", 0.5)], [1, 2, 1.5, 2, 1.5, 1]);
  assert.equal(decodeLine("", 0.5).length, 0);
});

test("distances are those of the globe, and rounded to what an arrow can promise", () => {
  assert.ok(Math.abs(distanceKm([51.507, -0.128], [48.857, 2.352]) - 343.6) < 1); // London, Paris
  assert.equal(distanceKm([0, 179.5], [0, -179.5]) < 112, true);
  assert.equal(roundDistance(5327), 5300);
  assert.equal(roundDistance(0.2), 1);
});

test("longitudes unroll around the view", () => {
  assert.equal(nearLongitude(-179, 178), 181);
  assert.equal(nearLongitude(10, 20), 10);
});

test("a ring is cut to the view and labelled inside", () => {
  const ring = [{ x: -50, y: -50 }, { x: 50, y: -50 }, { x: 50, y: 50 }, { x: -50, y: 50 }];
  const cut = clipRing(ring, { left: 0, top: 0, right: 100, bottom: 100 });
  assert.ok(cut.every((p) => p.x >= 0 && p.y >= 0 && p.x <= 50 && p.y <= 50));
  const at = labelPoint(cut);
  assert.ok(Math.abs(at.x - 25) < 4 && Math.abs(at.y - 25) < 4);
  // A U: its centroid is outside, the label is not.
  const u = [[0, 0], [20, 0], [20, 80], [80, 80], [80, 0], [100, 0], [100, 100], [0, 100]].map(([x, y]) => ({ x, y }));
  const inU = labelPoint(u);
  assert.ok(inU.x < 20 || inU.x > 80 || inU.y > 80);
});

test("the chip of a line goes to the middle of what is seen of it", () => {
  const line = Array.from({ length: 101 }, (_, i) => ({ x: i * 10, y: 5 }));
  assert.equal(lineMiddle([line], { left: 0, top: 0, right: 200, bottom: 10 }).x, 100);
  assert.equal(lineMiddle([line], { left: 0, top: 50, right: 200, bottom: 90 }), null);
  const points = samples([line], 25, { left: 0, top: 0, right: 200, bottom: 10 });
  assert.ok(points.length >= 8 && points.length <= 9);
});

test("chips never cover each other, nor the furniture", () => {
  const items = Array.from({ length: 14 }, (_, i) => ({ id: `p${i}`, width: 120, height: 28, anchor: { x: 300 + (i % 4) * 9, y: 250 + i * 3 }, centred: i % 2 === 0, priority: i }));
  const wall = { left: 280, top: 150, right: 420, bottom: 230 };
  const bounds = { left: 0, top: 0, right: 900, bottom: 600 };
  const spots = declutter(items, bounds, [wall], []);
  assert.equal(spots.size, items.length);
  const rects = items.map((item) => rectAt(item, spots.get(item.id)));
  rects.forEach((a, i) => {
    assert.ok(!overlap(a, wall));
    rects.slice(i + 1).forEach((b) => assert.ok(!overlap(a, b)));
  });
  assert.deepEqual(spots, declutter(items, bounds, [wall], []), "the same input gives the same layout");
});

test("where there is no room a chip is left out, not laid over another", () => {
  const items = [1, 2, 3].map((i) => ({ id: `${i}`, width: 90, height: 90, anchor: { x: 50, y: 50 }, centred: true, priority: i }));
  assert.equal(declutter(items, { left: 0, top: 0, right: 100, bottom: 100 }, [], []).size, 1);
});

test("time runs forward, long gaps are cut, short ones are not", () => {
  const spans = [{ from: "2001-10-01", to: "2021-07-08" }, { from: "2021-07-05", to: "2021-07-08" }, { from: "2021-07-08", to: "2021-07-08" }];
  const scale = timeScale(spans, "2021-07-09");
  assert.equal(scale.breaks.length, 1);
  let before = -1;
  for (let day = scale.first; day <= scale.last + 1; day += 1) {
    const at = scale.at(day);
    assert.ok(at >= before && at <= 1);
    before = at;
  }
  assert.equal(scale.at(scale.first), 0);
  assert.equal(scale.at(scale.last + 1), 1);
  assert.equal(timeScale([], ""), null);
  assert.equal(dayNumber("1970-01-02"), 1);
});

test("bars take the lowest free lane, badges of one day stand side by side", () => {
  const whole = [{ left: 0, right: 100 }];
  const day = slots(40, 90, 20);
  assert.equal(day.length, 2);
  const rows = lanes([whole, day, day, day]);
  assert.deepEqual(rows.map((row) => row.lane), [0, 1, 1, 2]);
});

test("text is cut at marks and comes back whole", () => {
  const text = Array.from("The Merin rose 👩‍👩‍👧 fast");
  const marks = [{ start: 4, end: 9, kind: "mention", index: 0 }, { start: 0, end: 14, kind: "evidence", index: 1 }, { start: 10, end: 14, kind: "trigger", index: 1 }];
  const out = pieces(text, 0, text.length, marks);
  assert.equal(out.map((piece) => piece.text).join(""), text.join(""));
  assert.deepEqual(out.find((piece) => piece.text === "Merin").marks.map((m) => m.kind).sort(), ["evidence", "mention"]);
  assert.equal(out.filter((piece) => piece.starting.some((m) => m.kind === "trigger")).length, 1);
});

test("each paragraph gets the marks that touch it", () => {
  const marks = [{ start: 12, end: 14 }, { start: 4, end: 16 }, { start: 0, end: 3 }];
  assert.deepEqual(byParagraph([[0, 10], [11, 20], [21, 30]], marks), [[marks[2], marks[1]], [marks[1], marks[0]], []]);
});

test("marks never split a word whose letters join", () => {
  const letters = Array.from("من ألتو إلى");
  const inner = letters.indexOf("ل");
  assert.deepEqual(wholeWords(letters, inner, inner + 2), [3, 7]);
  assert.deepEqual(wholeWords(Array.from("unsplit"), 2, 4), [2, 4]);
});

test("words, numbers and plurals follow the language", () => {
  const messages = { en: { hello: "Hello {name}", events: { one: "{n} event", other: "{n} events" } }, ru: { events: { one: "{n} событие", few: "{n} события", many: "{n} событий", other: "{n} события" } } };
  assert.equal(locale(messages, "en").count("events", 1), "1 event");
  assert.equal(locale(messages, "ru").count("events", 5), "5 событий");
  assert.equal(locale(messages, "ru").t("hello", { name: "Ада" }), "Hello Ада");
  assert.equal(locale(messages, "en").t("hello", { name: "{name}" }), "Hello {name}");
  assert.match(locale(messages, "en").km(5300), /5,300 km/);
});
