import type { CallLanguage } from '../languages.ts';
import type { CallTexts } from './call-texts.ts';
import { en } from './en.ts';
import { es } from './es.ts';

/** Another language is another file of this folder, its name here, and a voice of every carrier. */
export const callTexts: Readonly<Record<CallLanguage, CallTexts>> = { 'en-US': en, 'es-US': es };
