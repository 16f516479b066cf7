import { defineWords } from './define.ts';

/** Why a request was refused: codes of problem documents. */
export const problemWords = defineWords({
  invalid_request: {
    tone: 'bad',
    en: ['Something is not filled in right'],
    es: ['Algo no está bien rellenado'],
  },
  not_signed_in: {
    tone: 'bad',
    en: ['You are not signed in', 'Sign in again, then repeat it.'],
    es: ['No ha iniciado sesión', 'Inicie sesión de nuevo y repítalo.'],
  },
  not_allowed: {
    tone: 'bad',
    en: ['Your role does not allow this', 'Ask an admin.'],
    es: ['Su rol no permite esto', 'Pídalo a administración.'],
  },
  not_found: {
    tone: 'quiet',
    en: ['It is not there', 'It may have been deleted, or the address is mistyped.'],
    es: ['No está', 'Puede haberse borrado, o la dirección está mal escrita.'],
  },
  method_not_allowed: {
    tone: 'bad',
    en: ['This cannot be done here', 'Reload the page: it may be of an older version.'],
    es: ['Esto no se puede hacer aquí', 'Recargue la página: puede ser de una versión anterior.'],
  },
  conflict: {
    tone: 'held',
    en: ['This does not go with what is there', 'Look at how it stands now, then decide again.'],
    es: ['Esto no encaja con lo que hay', 'Mire cómo está ahora y decida de nuevo.'],
  },
  unreadable: {
    tone: 'held',
    en: [
      'A newer version of Carillon wrote it',
      'This version cannot read it, so nothing of it is shown, changed or started. It is read again once every part runs the newer version.',
    ],
    es: [
      'Lo escribió una versión más nueva de Carillon',
      'Esta versión no puede leerlo, así que nada de ello se muestra, se cambia ni se inicia. Se leerá cuando todas las partes tengan la versión más nueva.',
    ],
  },
  changed_meanwhile: {
    tone: 'held',
    en: [
      'Somebody changed it meanwhile',
      'What you see is as it was. Read it again, then decide again: nothing of yours was written.',
    ],
    es: [
      'Alguien lo cambió entretanto',
      'Lo que ve es como estaba. Vuelva a leerlo y decida de nuevo: no se escribió nada suyo.',
    ],
  },
  too_large: {
    tone: 'bad',
    en: ['It is too large', 'Send less at once.'],
    es: ['Es demasiado grande', 'Envíe menos a la vez.'],
  },
  unsupported_media_type: {
    tone: 'bad',
    en: ['This kind of file is not taken', 'Save it as CSV in UTF-8 and try again.'],
    es: ['Este tipo de archivo no se acepta', 'Guárdelo como CSV en UTF-8 y pruebe otra vez.'],
  },
  idempotency_key_reused: {
    tone: 'bad',
    en: ['This was sent before with other contents', 'Reload the page and do it again.'],
    es: ['Esto ya se envió con otro contenido', 'Recargue la página y hágalo de nuevo.'],
  },
  precondition_required: {
    tone: 'bad',
    en: ['It is not known which version you saw', 'Reload the page and do it again.'],
    es: ['No se sabe qué versión vio', 'Recargue la página y hágalo de nuevo.'],
  },
  too_many_requests: {
    tone: 'held',
    en: ['Too much was asked for at once', 'Wait a moment; it goes on by itself.'],
    es: ['Se pidió demasiado a la vez', 'Espere un momento; seguirá solo.'],
  },
  unexpected: {
    tone: 'bad',
    en: ['Something went wrong at our side', 'Report it with the number of the request.'],
    es: ['Algo falló de nuestro lado', 'Comuníquelo con el número de la petición.'],
  },
  unavailable: {
    tone: 'held',
    en: ['A part of Carillon is away at the moment', 'Try again in a moment. Nothing is lost.'],
    es: ['Una parte de Carillon no responde ahora', 'Pruebe en un momento. No se pierde nada.'],
  },
});
