import { decodeLine } from "./lines.mjs";

/**
 * The visible events as files, made in the page.
 * @param {any} store
 */
export function geojson(store) {
  const features = store.visibleEvents().flatMap((event) => {
    const links = event.places.length ? event.places : [null];
    return links.map((link) => ({
      type: "Feature",
      id: link ? `${event.key}/${link.place}` : event.key,
      geometry: link ? geometry(store.page.places[link.place]) : null,
      properties: properties(event, link, store),
    }));
  });
  return JSON.stringify({ type: "FeatureCollection", features }, null, 1);
}

/** @param {any} store */
export function csv(store) {
  const rows = store.visibleEvents().flatMap((event) => (event.places.length ? event.places : [null]).map((link) => properties(event, link, store)));
  const columns = Object.keys(rows[0] ?? {});
  // A cell that begins like a formula would run in a spreadsheet.
  const cell = (value) => {
    const text = String(value ?? "");
    return `"${(/^[=+\-@\t\r]/.test(text) && typeof value !== "number" ? `'${text}` : text).replace(/"/g, '""')}"`;
  };
  return `\ufeff${[columns, ...rows.map((row) => columns.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function properties(event, link, store) {
  const place = link && store.page.places[link.place];
  return {
    number: event.number,
    event: event.id,
    article: store.page.articles[event.article].id,
    type: event.type,
    title: event.title,
    from: event.time?.from ?? "",
    to: event.time?.to ?? "",
    certainty: event.certainty,
    modality: event.modality,
    according_to: event.attribution.map((said) => said.source).join(" < "),
    actors: event.actors.map((actor) => actor.name).join("; "),
    recipients: event.recipients.map((actor) => actor.name).join("; "),
    place: place?.name ?? "",
    place_id: link?.place ?? "",
    role: link?.role ?? "",
    precision: place?.precision ?? "",
    lat: place?.lat ?? "",
    lon: place?.lon ?? "",
    quote: store.quote(event),
  };
}

function geometry(place) {
  if (!place.shape) return { type: "Point", coordinates: [place.lon, place.lat] };
  const { grid, parts, type } = place.shape;
  const line = (text) => {
    const xy = decodeLine(text, grid);
    const out = [];
    for (let i = 0; i < xy.length; i += 2) out.push([+xy[i].toFixed(5), +xy[i + 1].toFixed(5)]);
    return out;
  };
  return type === "line"
    ? { type: "MultiLineString", coordinates: parts.flat().map(line) }
    : { type: "MultiPolygon", coordinates: parts.map((part) => part.map(line)) };
}

/**
 * Offer a file.
 * @param {string} name
 * @param {string} type
 * @param {string | Blob} content
 */
export function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
