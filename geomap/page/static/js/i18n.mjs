/**
 * Words, dates and numbers in the reader's language.
 *
 * @typedef {object} Locale
 * @property {string} language
 * @property {(key: string, values?: Record<string, string | number>) => string} t a message; {name} is replaced
 * @property {(key: string, n: number) => string} count a message with a plural, {n} formatted
 * @property {(key: string, fallback?: string) => string} word one of a set ("type.conflict"), or the fallback
 * @property {(n: number, options?: Intl.NumberFormatOptions) => string} number
 * @property {(km: number) => string} km
 * @property {(iso: string) => string} day a full date
 * @property {(date: Date, withYear: boolean) => string} tick a short date for an axis
 * @property {(names: string[]) => string} list
 */

/** What `Intl` is asked for: Gregorian dates everywhere, and the nearest language where the browser lacks one. */
const TAGS = { ar: ["ar-u-ca-gregory-nu-latn"], fa: ["fa-u-ca-gregory"], tg: ["tg", "ru"] };

/**
 * @param {Record<string, any>} messages by language
 * @param {string} language
 * @returns {Locale}
 */
export function locale(messages, language) {
  const tags = TAGS[language] ?? [language];
  const own = messages[language] ?? {};
  const find = (words, key) => key.split(".").reduce((at, part) => at?.[part], words);
  const message = (key) => find(own, key) ?? find(messages.en, key);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
  const numbers = new Intl.NumberFormat(tags);
  const kilometres = new Intl.NumberFormat(tags, { style: "unit", unit: "kilometer", maximumFractionDigits: 0 });
  const plurals = new Intl.PluralRules(tags);
  const full = new Intl.DateTimeFormat(tags, { dateStyle: "long", timeZone: "UTC" });
  const short = new Intl.DateTimeFormat(tags, { day: "numeric", month: "short", timeZone: "UTC" });
  const year = new Intl.DateTimeFormat(tags, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const lists = new Intl.ListFormat(tags, { type: "conjunction" });
  return {
    language,
    t: (key, values = {}) => fill(String(message(key) ?? key), values),
    count(key, n) {
      const forms = message(key) ?? {};
      return fill(forms[plurals.select(n)] ?? forms.other ?? key, { n: numbers.format(n) });
    },
    word: (key, fallback = "") => message(key) ?? fallback,
    number: (n, options) => (options ? new Intl.NumberFormat(tags, options) : numbers).format(n),
    km: (km) => kilometres.format(km),
    day: (iso) => full.format(new Date(`${iso}T00:00:00Z`)),
    tick: (date, withYear) => (withYear ? year : short).format(date),
    list: (names) => lists.format(names),
  };
}
