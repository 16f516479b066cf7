import { errorRuleOf } from '#shared/carriers/error-rules.ts';
import type { ErrorClass } from '#shared/carriers/errors.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Language } from '../texts/define.ts';
import type { Tone } from '../theme/tokens.ts';
import type { Word } from './define.ts';

/**
 * What carriers' error codes mean. Which code means what is the product's own table (shared/carriers); here are its
 * meanings in other languages, by the English one, and what follows from each class.
 */
const spanish: Readonly<Record<string, string>> = {
  'a code that no table of ours knows': 'un código que ninguna de nuestras tablas conoce',
  'account is not active': 'la cuenta no está activa',
  'too many calls at once': 'demasiadas llamadas a la vez',
  'TwiML dials a number that is none': 'se llama a un número que no existe',
  'TwiML dials a number that may not be called': 'se llama a un número al que no se puede llamar',
  'credentials are refused': 'se rechazan las credenciales',
  'no such account or resource': 'no existe esa cuenta o recurso',
  'too many requests; not processed': 'demasiadas peticiones; no se procesó',
  'not a valid number': 'no es un número válido',
  'calling this region is not switched on': 'no está activado llamar a esta región',
  'a premium rate number': 'un número de tarificación especial',
  'sending to this region is not switched on': 'no está activado enviar a esta región',
  'no body': 'sin texto',
  'no recipient': 'sin destinatario',
  'the sender number cannot send': 'el número remitente no puede enviar',
  'the sender number is not ours': 'el número remitente no es nuestro',
  'a trial account and an unverified recipient': 'una cuenta de prueba y un destinatario sin verificar',
  'the person opted out at the carrier': 'la persona se dio de baja en el operador',
  "the sender number's queue is full": 'la cola del número remitente está llena',
  'no route between this sender number and this one: others may have one':
    'no hay ruta entre estos dos números: otros pueden tenerla',
  'not a mobile number': 'no es un número móvil',
  'body is longer than 1,600 characters': 'el texto pasa de 1600 caracteres',
  'the messaging service has no sender number': 'el servicio de mensajes no tiene número remitente',
  'calls of more than a day are queued': 'hay en cola llamadas de más de un día',
  'queue overflow': 'la cola se desbordó',
  'account is suspended': 'la cuenta está suspendida',
  'handset cannot be reached': 'no se puede alcanzar el teléfono',
  'blocked by the carrier or the person': 'bloqueado por el operador o la persona',
  'unknown handset': 'teléfono desconocido',
  'landline or unreachable carrier': 'teléfono fijo u operador inalcanzable',
  'filtered as spam': 'filtrado como spam',
  'unknown delivery error': 'error de entrega desconocido',
  'a segment of an inbound message is missing': 'falta un segmento de un mensaje recibido',
  'price is above the given maximum': 'el precio supera el máximo dado',
  'no picture messages to this region': 'no se envían imágenes a esta región',
  'time to live is too short': 'el tiempo de vida es demasiado corto',
  "the campaign's rate is exceeded": 'se superó el ritmo de la campaña',
  "the carrier's daily cap is reached": 'se alcanzó el tope diario del operador',
  'toll-free number is not verified': 'el número gratuito no está verificado',
  'number is not registered for application-to-person traffic':
    'el número no está registrado para envíos de aplicaciones',
  'not sent within its validity period': 'no se envió dentro de su plazo de validez',
  'time-out at the provider': 'el proveedor no respondió a tiempo',
  'blocked as traffic pumping; review': 'bloqueado por tráfico artificial; revíselo',
  'internal error of the provider': 'error interno del proveedor',
  "in quiet hours by the carrier's reading": 'en horas de silencio según el operador',
  'known litigator': 'persona que suele litigar',
  'WhatsApp is not spoken through this carrier': 'por este operador no se usa WhatsApp',
  'WhatsApp does not take the credentials of the sender': 'WhatsApp no acepta las credenciales del remitente',
  'the account has no template of this id': 'la cuenta no tiene ninguna plantilla con este identificador',
  "what stands in the template's places is not taken": 'no se acepta lo que va en los huecos de la plantilla',
  'what stands in a place of the template is too long':
    'lo que va en un hueco de la plantilla es demasiado largo',
  'sender and recipient are not of one channel': 'el remitente y el destinatario no son del mismo canal',
  'a template of WhatsApp, from a number for texts: it would go as a text':
    'una plantilla de WhatsApp desde un número de SMS: saldría como SMS',
  'not a number on WhatsApp': 'el número no está en WhatsApp',
  'WhatsApp does not take this content': 'WhatsApp no acepta este contenido',
  'the sender number is not on WhatsApp': 'el número remitente no está en WhatsApp',
  'internal error of WhatsApp': 'error interno de WhatsApp',
  "against WhatsApp's policy": 'contra las políticas de WhatsApp',
  'a sandbox, which the recipient has not joined':
    'un entorno de pruebas al que el destinatario no se ha unido',
  'free text more than 24 hours after the person wrote: a template is needed':
    'texto libre más de 24 horas después de lo que escribió la persona: hace falta una plantilla',
  'rate or messaging limit of the sender on WhatsApp':
    'límite de ritmo o de envíos del remitente en WhatsApp',
  'the file could not be downloaded': 'no se pudo descargar el archivo',
  "the business has not accepted the provider's invitation":
    'la empresa no ha aceptado la invitación del proveedor',
  'content that is not valid on WhatsApp': 'contenido que no es válido en WhatsApp',
  "the sender's display name is not certified": 'el nombre visible del remitente no está certificado',
  'WhatsApp does not deliver to this person': 'WhatsApp no entrega a esta persona',
  'the file exists already': 'el archivo ya existe',
  'there is no such template in this language': 'no hay tal plantilla en este idioma',
  'the person blocked the sender on WhatsApp, or took their consent back there':
    'la persona bloqueó el número en WhatsApp o retiró allí su consentimiento',
  "the template's places and the variables do not fit together":
    'los huecos de la plantilla y las variables no concuerdan',
  "the person's WhatsApp could not show the template":
    'el WhatsApp de la persona no pudo mostrar la plantilla',
  'a parameter that this kind of content does not take': 'un parámetro que este tipo de contenido no admite',
  'WhatsApp limits marketing to this person, by an experiment':
    'WhatsApp limita la publicidad a esta persona, por un experimento',
  'WhatsApp does not deliver this marketing: nobody in the US gets any there':
    'WhatsApp no entrega esta publicidad: allí nadie la recibe en EE. UU.',
  'more than 30 replies between two numbers': 'más de 30 respuestas entre dos números',
  "the account's rate is exceeded": 'se superó el ritmo de la cuenta',
  "the account's daily cap is reached": 'se alcanzó el tope diario de la cuenta',
  'the account, its credentials or the base address is wrong':
    'la cuenta, sus credenciales o la dirección son erróneas',
  'no number to call': 'sin número al que llamar',
  'calls abroad are not switched on': 'no están activadas las llamadas al extranjero',
  'an address for callbacks is none': 'una dirección de respuesta no es válida',
  'the number that calls is not verified': 'el número que llama no está verificado',
  'the number that calls is none': 'el número que llama no es válido',
  'no number that calls': 'sin número que llame',
  'the number cannot be reached': 'no se puede alcanzar el número',
  'the account may not call this number': 'la cuenta no puede llamar a este número',
  'a trial account and an unverified number': 'una cuenta de prueba y un número sin verificar',
  'the call is over': 'la llamada ya terminó',
  'the document of the call is not acceptable': 'el guion de la llamada no es aceptable',
  'the network refused the call': 'la red rechazó la llamada',
  'nobody has this number': 'nadie tiene este número',
  'the network did not answer': 'la red no respondió',
  'nobody has this number any more': 'ya nadie tiene este número',
  'nobody can be reached there now': 'ahora no se puede alcanzar a nadie allí',
  'not a whole number': 'el número está incompleto',
  'a fault of the network': 'un fallo de la red',
  'the network is overloaded': 'la red está sobrecargada',
  'time-out in the network': 'la red no respondió a tiempo',
  'the call was declined': 'se rechazó la llamada',
  'calls from here are unwanted': 'no quieren llamadas de aquí',
  'rejected by an analysis on the way': 'rechazada por un análisis en el camino',
  'a parameter is missing': 'falta un parámetro',
  'a parameter is not valid': 'un parámetro no es válido',
  'internal error of the carrier': 'error interno del operador',
  'not a number that can be reached': 'no es un número alcanzable',
  'the carrier lets nothing through to this number': 'el operador no deja pasar nada a este número',
  'account is barred': 'la cuenta está bloqueada',
  'no credit is left': 'no queda saldo',
  'account may not use this interface': 'la cuenta no puede usar esta interfaz',
  'message is too long': 'el mensaje es demasiado largo',
  'not handed on: a failure of communication': 'no se transmitió: un fallo de comunicación',
  'our signature is refused': 'se rechaza nuestra firma',
  'the sender number may not send there': 'el número remitente no puede enviar allí',
  'time to live is not valid': 'el tiempo de vida no es válido',
  'not switched on for the account': 'no está activado para la cuenta',
  'message class is not valid': 'la clase del mensaje no es válida',
  'a trial account and a recipient that is not on its list':
    'una cuenta de prueba y un destinatario que no está en su lista',
  'number is not in use any more': 'el número ya no se usa',
  'number was taken along to another network and is not found there':
    'el número pasó a otra red y allí no se encuentra',
  'handset is busy': 'el teléfono está ocupado',
  'failure of the network': 'fallo de la red',
  'too many messages to this number': 'demasiados mensajes a este número',
  'destination cannot be reached': 'no se puede alcanzar el destino',
  'content is not allowed for the age of this person':
    'el contenido no está permitido para la edad de esta persona',
  'blocked by the carrier of the person': 'bloqueado por el operador de la persona',
  "the person's prepaid account is empty": 'la persona no tiene saldo de prepago',
  'not a number of that network': 'no es un número de esa red',
  'the device cannot take this message': 'el aparato no puede recibir este mensaje',
  'the carrier says that it was sent before': 'el operador dice que ya se envió antes',
  'not sent within its time to live': 'no se envió dentro de su tiempo de vida',
  'the person had texts barred': 'la persona tiene bloqueados los mensajes',
  'a fault of the route': 'un fallo de la ruta',
  'credentials may not do this': 'las credenciales no permiten esto',
  'API key is refused': 'se rechaza la clave de API',
  'our token is too old: is the clock right?': 'nuestro testigo es demasiado antiguo: ¿va bien el reloj?',
  'our token was revoked': 'nuestro testigo fue revocado',
  'the base address is wrong': 'la dirección base es errónea',
  'our role may not send': 'nuestro rol no puede enviar',
  'account is disabled': 'la cuenta está desactivada',
  'account is not trusted': 'la cuenta no tiene confianza',
  'a setting of the number or of the account is in the way': 'un ajuste del número o de la cuenta lo impide',
  'the number is for another type of message': 'el número es para otro tipo de mensaje',
  'the number cannot send texts': 'el número no puede enviar mensajes',
  'the number is not active: is it registered?': 'el número no está activo: ¿está registrado?',
  'the sender number, or the configuration set, is not ours':
    'el número remitente, o su configuración, no es nuestro',
  'a quota of the account is used up': 'se agotó una cuota de la cuenta',
  'sending to this country is not switched on': 'no está activado enviar a este país',
  'refused without a reason that can be read': 'rechazado sin un motivo legible',
  'the address is wrong': 'la dirección es errónea',
  'our signature is refused: is the clock right?': 'se rechaza nuestra firma: ¿va bien el reloj?',
  'credentials are too old': 'las credenciales son demasiado antiguas',
  'pictures and files do not go through this carrier': 'este operador no transmite imágenes ni archivos',
  'the person does not take messages, or their number is blocked':
    'la persona no recibe mensajes, o su número está bloqueado',
  'one picture or file can go with a message of this carrier, not more':
    'con este operador va una imagen o archivo por mensaje, no más',
  'a sandbox account and an unverified recipient': 'una cuenta de pruebas y un destinatario sin verificar',
  'blocked by a protect configuration': 'bloqueado por una configuración de protección',
  'the spend limit of the month is reached': 'se alcanzó el límite de gasto del mes',
  'the number sends inside its country only': 'el número solo envía dentro de su país',
  'the number may not send to this country': 'el número no puede enviar a este país',
  "failure at the person's carrier": 'fallo en el operador de la persona',
  'the message is not valid': 'el mensaje no es válido',
  'a short code, which gets no texts': 'un código corto, que no recibe mensajes',
  'sender and recipient are one number': 'el remitente y el destinatario son el mismo número',
  'a trial account, and a sender with a name': 'una cuenta de prueba y un remitente con nombre',
  'no sender': 'sin remitente',
  'the sender number is several of the account': 'el número remitente corresponde a varios de la cuenta',
  'this body cannot be sent': 'este texto no se puede enviar',
  'the address of a picture is none': 'la dirección de una imagen no es válida',
  'the sender number sends no pictures': 'el número remitente no envía imágenes',
  'the account sends no pictures': 'la cuenta no envía imágenes',
  'too many pictures in one message': 'demasiadas imágenes en un mensaje',
  'a landline': 'un teléfono fijo',
  'the sender number is not one of the carrier, or a short code of another country':
    'el número remitente no es del operador, o es un código corto de otro país',
  'the sender number is set up for another region': 'el número remitente está configurado para otra región',
  'the messaging service does not exist': 'el servicio de mensajes no existe',
  'the messaging service takes no messages': 'el servicio de mensajes no admite mensajes',
  'larger than the carrier of the person takes': 'más grande de lo que admite el operador de la persona',
  'the sender number is not registered with the carrier of the person':
    'el número remitente no está registrado en el operador de la persona',
  "the number's registration for application-to-person traffic is suspended":
    'el registro del número para envíos de aplicaciones está suspendido',
  'sending is switched off for the account': 'la cuenta tiene desactivado el envío',
  'filtered as a one-time password': 'filtrado como contraseña de un solo uso',
  'filtered, so that two machines do not answer each other without end':
    'filtrado para que dos máquinas no se respondan sin fin',
  'the sender number is not registered in this country':
    'el número remitente no está registrado en este país',
  'the sender is not registered for this account': 'el remitente no está registrado para esta cuenta',
  'longer than a trial account may send': 'más largo de lo que puede enviar una cuenta de prueba',
  'no template, where one is needed': 'sin plantilla donde hace falta una',
  'WhatsApp is not set up rightly for the sender': 'WhatsApp no está bien configurado para el remitente',
  'WhatsApp takes what the sender says for spam': 'WhatsApp toma por spam lo que dice el remitente',
  'the person does not want messages of this kind, and said so on WhatsApp':
    'la persona no quiere mensajes de este tipo y lo dijo en WhatsApp',
  'the file is too large': 'el archivo es demasiado grande',
  'the file could not be handed on': 'no se pudo transmitir el archivo',
  'WhatsApp has rejected the template': 'WhatsApp rechazó la plantilla',
  'WhatsApp has paused the template: too many people complained of it':
    'WhatsApp pausó la plantilla: demasiada gente se quejó de ella',
  'WhatsApp has switched the template off': 'WhatsApp desactivó la plantilla',
  'WhatsApp has locked the sender or its account': 'WhatsApp bloqueó el remitente o su cuenta',
  'the template is too new: the provider does not know it yet':
    'la plantilla es demasiado nueva: el proveedor aún no la conoce',
  'the template cannot be used now': 'la plantilla no se puede usar ahora',
  'the way that is set up for the sender takes marketing only':
    'la vía configurada para el remitente solo admite publicidad',
  'an account of a kind that may not do this on WhatsApp':
    'una cuenta de un tipo que no puede hacer esto en WhatsApp',
  'the business may not write to people of this country on WhatsApp':
    'la empresa no puede escribir por WhatsApp a personas de este país',
  'the sender number belongs to another account of WhatsApp now':
    'el número remitente es ahora de otra cuenta de WhatsApp',
  'the terms of WhatsApp for marketing are not accepted':
    'no se han aceptado las condiciones de WhatsApp para publicidad',
  'no network said what became of it': 'ninguna red dijo qué fue de él',
};

/** What follows from an error of each class. */
const follows: Readonly<Record<ErrorClass, { tone: Tone } & Readonly<Record<Language, string>>>> = {
  retry: { tone: 'held', en: 'It is tried again by itself.', es: 'Se reintenta solo.' },
  throttle: {
    tone: 'held',
    en: 'We were too fast: it goes a little later.',
    es: 'Íbamos demasiado rápido: sale algo más tarde.',
  },
  drop_number: {
    tone: 'bad',
    en: 'No more texts go to this number.',
    es: 'No salen más mensajes a este número.',
  },
  suppress: {
    tone: 'bad',
    en: 'Our own list follows: nothing more goes to this person.',
    es: 'Nuestra lista lo recoge: no sale nada más a esta persona.',
  },
  halt: {
    tone: 'bad',
    en: 'What it concerns stops until somebody looks.',
    es: 'Lo que afecta se detiene hasta que alguien lo mire.',
  },
  ambiguous: {
    tone: 'held',
    en: 'We find out whether it went before anything else.',
    es: 'Se averigua si salió antes de nada.',
  },
  fail: {
    tone: 'bad',
    en: 'This message failed for good; others go on.',
    es: 'Este mensaje falló del todo; los demás siguen.',
  },
  unknown: {
    tone: 'bad',
    en: 'It failed and is not tried again. Look the code up at the carrier.',
    es: 'Falló y no se reintenta. Busque el código en el operador.',
  },
};

/** What a code of a carrier means, and what follows. */
export function carrierErrorWord(carrier: CarrierName, code: string, language: Language): Word {
  const rule = errorRuleOf(carrier, code);
  const meaning = language === 'en' ? rule.meaning : (spanish[rule.meaning] ?? rule.meaning);
  const { tone, [language]: hint } = follows[rule.class];
  return { says: meaning.charAt(0).toUpperCase() + meaning.slice(1), hint, tone };
}

/** Whether a meaning of the product's tables has words in every language. */
export const hasWords = (meaning: string): boolean => Object.hasOwn(spanish, meaning);
