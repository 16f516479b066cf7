import { useCallback } from 'react';
import { useLanguage } from '../../../texts/language.tsx';

/** What is said of a faulty cell, in Spanish: the API says it in English. What it lacks is said as it comes. */
const spanish: readonly (readonly [RegExp, string])[] = [
  [/^has no phone number$/, 'no tiene número de teléfono'],
  [/^is no valid phone number$/, 'no es un número de teléfono válido'],
  [/^is longer than (\d+) characters$/, 'tiene más de $1 caracteres'],
  [/^is no language: write it as en or es$/, 'no es un idioma: escríbalo como en o es'],
  [/^is no time zone: write it as (\S+)$/, 'no es una zona horaria: escríbala como $1'],
  [
    /^is no state of the United States: write it as CA or California$/,
    'no es un estado de Estados Unidos: escríbalo como CA o California',
  ],
  [/^is no postal code$/, 'no es un código postal'],
  [
    /^has a tag of more than (\d+) characters, or more than (\d+) tags$/,
    'tiene una etiqueta de más de $1 caracteres, o más de $2 etiquetas',
  ],
  [/^is no value of the field (\w+) \((.+)\)$/, 'no es un valor del campo $1 ($2)'],
  [/^has (\d+) cells where the first row has (\d+)$/, 'tiene $1 celdas donde la primera fila tiene $2'],
  [/^stands on row (\d+) already, with another number$/, 'ya está en la fila $1, con otro número'],
  [/^belongs to a contact with another number$/, 'es de un contacto con otro número'],
  [
    /^belongs to a contact with another number since the check$/,
    'es de un contacto con otro número desde la comprobación',
  ],
  [/^is of somebody who was erased$/, 'es de alguien que fue borrado'],
  [/^cannot be read$/, 'no se puede leer'],
  [/^consent: (.+)$/, 'consentimiento: $1'],
];

/** Behind what is wrong with a row of suppressions. */
const STOPPED = /^(.+); numbers in it that are suppressed all the same: (\d+)$/;

/** A fault in the language of the reader. Pure. */
export function faultIn(language: string, reason: string): string {
  if (language !== 'es') return reason;
  const [, wrong, stopped] = STOPPED.exec(reason) ?? [];
  if (wrong !== undefined) {
    return `${faultIn(language, wrong)}; números en ella que quedan dados de baja igualmente: ${stopped}`;
  }
  const found = spanish.find(([pattern]) => pattern.test(reason));
  return found === undefined ? reason : reason.replace(found[0], found[1]);
}

export function useFaultWords(): (reason: string) => string {
  const language = useLanguage();
  return useCallback((reason: string) => faultIn(language, reason), [language]);
}
