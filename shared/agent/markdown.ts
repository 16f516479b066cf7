import { fromMarkdown } from 'mdast-util-from-markdown';

type Node = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>['children'][number];

/**
 * A text without its markdown, as it is read aloud: paragraphs and items on lines of their own, items of numbered lists with
 * their numbers, links with their addresses, nothing of HTML. Pure and total.
 */
export const withoutMarkdown = (text: string): string =>
  blocks(fromMarkdown(text))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');

/** Lines that a node stands on. */
function blocks(node: Node): string[] {
  switch (node.type) {
    case 'root':
    case 'blockquote':
      return node.children.flatMap(blocks);
    case 'list': {
      const first = node.start ?? 1;
      return node.children.flatMap((item, n) => {
        const lines = item.children.flatMap(blocks);
        const mark = node.ordered ? `${first + n}. ` : '- ';
        return lines.map((line, at) => (at === 0 ? `${mark}${line}` : line));
      });
    }
    case 'code':
      return node.value.split('\n');
    case 'paragraph':
    case 'heading':
      return node.children.map(words).join('').split('\n');
    default:
      // Rules and definitions say nothing; HTML is not for people who text.
      return [];
  }
}

function words(node: Node): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      return node.value;
    case 'break':
      return '\n';
    case 'image':
      return node.alt ?? '';
    case 'link': {
      const said = node.children.map(words).join('');
      const address = node.url.replace(/^(?:mailto|tel):/u, '');
      return said === address || said === '' ? address : `${said} ${address}`;
    }
    default:
      return 'children' in node ? node.children.map(words).join('') : '';
  }
}
