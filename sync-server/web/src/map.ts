// The map, drawn with MapLibre over the server's own drawing. What it shows comes from /console/map.json alone: no tiles,
// fonts or pictures from elsewhere, so nobody outside learns which house is looked at. If anything fails, the server's
// drawing stays.

import { Map as LiveMap, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { ExpressionSpecification, GeoJSONSource, LngLatBoundsLike, MapGeoJSONFeature } from "maplibre-gl";

type Grid = { code: string; name: string; percent: number | null; records: number; conflicts: number };
type Place = { id: string; title: string; type: string; no: number; conflict: boolean };
type Collection = { type: "FeatureCollection"; features: { geometry: { coordinates: unknown } }[] };
type Data = { grids: Collection; records: Collection };

const WORKER = "/console/assets/map-worker.js";

const box = document.getElementById("map");
if (box) start(box).catch((error: unknown) => console.warn("the map stays a drawing:", error));

async function start(box: HTMLElement): Promise<void> {
  allowOwnWorker();
  setWorkerUrl(WORKER);
  const answer = await fetch(box.dataset["source"] ?? "", { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const data = (await answer.json()) as Data;
  const drawing = box.querySelector("svg");
  const canvas = document.createElement("div");
  canvas.className = "canvas";
  box.append(canvas);
  box.classList.add("live");
  const map = new LiveMap({
    container: canvas,
    style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": color("--ground") } }] },
    bounds: bounds(data.grids),
    fitBoundsOptions: { padding: 24 },
    attributionControl: false,
    dragRotate: false,
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new ScaleControl());
  map.on("load", () => {
    draw(map, data);
    drawing?.remove();
  });
  map.on("click", "records", (event) => {
    const feature = event.features?.[0];
    if (feature) new Popup({ maxWidth: "18rem" }).setLngLat(event.lngLat).setDOMContent(card(box, feature)).addTo(map);
  });
  const hint = new Popup({ closeButton: false, closeOnClick: false });
  map.on("mousemove", "grids", (event) => {
    const feature = event.features?.[0];
    if (!feature || map.queryRenderedFeatures(event.point, { layers: ["records"] }).length > 0) return void hint.remove();
    hint.setLngLat(event.lngLat).setText(gridText(box, feature.properties as Grid)).addTo(map);
  });
  map.on("mouseleave", "grids", () => hint.remove());
  for (const over of ["mouseenter", "mouseleave"] as const) {
    map.on(over, "records", () => (map.getCanvas().style.cursor = over === "mouseenter" ? "pointer" : ""));
  }
}

function draw(map: LiveMap, data: Data): void {
  map.addSource("grids", { type: "geojson", data: data.grids as never });
  map.addSource("records", { type: "geojson", data: data.records as never });
  const heat: ExpressionSpecification = [
    "step", ["coalesce", ["get", "percent"], 0],
    color("--heat-0"), 1, color("--heat-1"), 26, color("--heat-2"), 51, color("--heat-3"), 76, color("--heat-4"),
  ];
  map.addLayer({ id: "grids", type: "fill", source: "grids", paint: { "fill-color": heat, "fill-opacity": 0.75 } });
  map.addLayer({ id: "edges", type: "line", source: "grids", paint: { "line-color": color("--card"), "line-width": 1.2 } });
  const kinds: ExpressionSpecification = [
    "match", ["get", "no"], 1, "#2a7fb8", 2, "#8a4fb0", 3, "#b8752a", 4, "#6b6b6b", 5, "#2f9a62", 6, "#c2487a", 7, "#b02a37", 8, "#d1460f", 9, "#1f8a8a", "#2a7fb8",
  ];
  map.addLayer({
    id: "records",
    type: "circle",
    source: "records",
    paint: {
      "circle-color": kinds,
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 2, 17, 7],
      "circle-stroke-color": ["case", ["get", "conflict"], "#ffb000", "#ffffff"],
      "circle-stroke-width": ["case", ["get", "conflict"], 3, 0.6],
    },
  });
}

function card(box: HTMLElement, feature: MapGeoJSONFeature): HTMLElement {
  const place = feature.properties as Place;
  const card = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = place.title;
  const kind = document.createElement("div");
  kind.textContent = place.type;
  const link = document.createElement("a");
  link.href = `/console/record/${encodeURIComponent(place.id)}`;
  link.textContent = box.dataset["open"] ?? "";
  card.append(title, kind, link);
  return card;
}

function gridText(box: HTMLElement, grid: Grid): string {
  const share = grid.percent === null ? "" : ` · ${box.dataset["inTime"]} ${grid.percent} %`;
  return `${grid.name} · ${grid.records} ${box.dataset["records"]}${share}`;
}

// The smallest box that holds all outlines.
function bounds(grids: Collection): LngLatBoundsLike {
  const corners = grids.features.flatMap((grid) => (grid.geometry.coordinates as [number, number][][]).flat());
  const lon = corners.map((corner) => corner[0]);
  const lat = corners.map((corner) => corner[1]);
  if (corners.length === 0) return [114.3, 22.6, 114.4, 22.7];
  const least = (numbers: number[]) => numbers.reduce((a, b) => Math.min(a, b));
  const most = (numbers: number[]) => numbers.reduce((a, b) => Math.max(a, b));
  return [least(lon), least(lat), most(lon), most(lat)];
}

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The page's policy lets no text become a script or markup; this lets through the one worker that the map needs.
function allowOwnWorker(): void {
  type Factory = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown };
  const factory = (window as unknown as { trustedTypes?: Factory }).trustedTypes;
  factory?.createPolicy("default", {
    createScriptURL(url) {
      if (new URL(url, location.href).href === new URL(WORKER, location.href).href) return url;
      throw new TypeError("no other script may be loaded");
    },
  });
}
