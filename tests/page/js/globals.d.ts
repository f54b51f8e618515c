/** Leaflet comes without types. */
declare const L: any;

interface Window {
  $: any;
}
