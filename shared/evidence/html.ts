/** Text that is HTML already: only `html` and `joined` make it. */
export type Html = { readonly html: string };

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * What a person wrote, as text in HTML or in a quoted attribute. Characters that change the direction of what follows are
 * shown by their numbers: on a page of evidence nothing may look other than it is.
 */
const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
    .replace(
      /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
      (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );

/** A template of HTML: everything put into it is escaped, but what is HTML already. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | number | Html)[]): Html {
  const texts = parts.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    return part + (typeof value === 'object' ? value.html : escaped(String(value)));
  });
  return { html: texts.join('') };
}

export const joined = (parts: readonly Html[]): Html => ({ html: parts.map((part) => part.html).join('') });

/** Nothing, where there is nothing to say. */
export const NONE: Html = { html: '' };
