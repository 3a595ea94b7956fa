import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, Transaction } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Mark extends Place {
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

interface YamlViewProps {
  readonly text: string;
  readonly label: string;
  readonly marks?: readonly Mark[];
  readonly className?: string | undefined;
  /** Each change by the person; without it the text is only read. */
  readonly onChange?: ((text: string) => void) | undefined;
  /** Where the cursor goes: each new object is a new request. */
  readonly at?: Place | undefined;
}

const NO_MARKS: readonly Mark[] = [];
const FROM_OUTSIDE = Annotation.define<boolean>();

const THEME = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text)' },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
  },
  '.cm-textfield': { backgroundColor: 'var(--surface)', border: '1px solid var(--line)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--surface)', border: '1px solid var(--line)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
]);

/** Tab leaves the editor, as it leaves every field. */
const EXTENSIONS = [
  lineNumbers(),
  history(),
  yaml(),
  syntaxHighlighting(COLOURS),
  lintGutter(),
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
  THEME,
];

function diagnostics({ doc }: EditorState, marks: readonly Mark[]): Diagnostic[] {
  return marks
    .filter(({ line }) => line >= 1 && line <= doc.lines)
    .map(({ line, column, message, severity }) => {
      const at = doc.line(line);
      const from = Math.min(at.to, at.from + Math.max(0, column - 1));
      return { from, to: at.to, message, severity };
    });
}

const placeOf = ({ doc }: EditorState, { line, column }: Place): number => {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(at.to, at.from + Math.max(0, column - 1));
};

/** A YAML text with line numbers, search, and the faults at their place; it can be edited where somebody hears of it. */
export function YamlView({ text, label, marks = NO_MARKS, className, onChange, at }: YamlViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const isEdited = onChange !== undefined;
  const breaks = text.includes('\r\n') ? '\r\n' : '\n';
  useEffect(() => {
    if (!place.current) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        extensions: [
          EXTENSIONS,
          EditorState.lineSeparator.of(breaks),
          EditorState.readOnly.of(!isEdited),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => {
            if (docChanged && !transactions.some((one) => one.annotation(FROM_OUTSIDE)))
              changed.current?.(state.sliceDoc());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label, isEdited, breaks]);
  useEffect(() => {
    const { current } = view;
    if (!current || current.state.sliceDoc() === text) return;
    const changes = { from: 0, to: current.state.doc.length, insert: text };
    current.dispatch({ changes, annotations: [FROM_OUTSIDE.of(true), Transaction.addToHistory.of(false)] });
  }, [text, label, isEdited, breaks]);
  useEffect(() => {
    const { current } = view;
    if (current) current.dispatch(setDiagnostics(current.state, diagnostics(current.state, marks)));
  }, [marks, text, label, isEdited, breaks]);
  useEffect(() => {
    const { current } = view;
    if (!current || !at) return;
    current.dispatch({ selection: { anchor: placeOf(current.state, at) }, scrollIntoView: true });
    current.focus();
  }, [at]);
  return <div ref={place} className={className} />;
}
