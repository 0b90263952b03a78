import { Kbd, Modal, Table } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';
import { usePermissions } from '@/hooks/use-may';
import { useShortcut } from '@/hooks/use-shortcut';
import { type Chord, pressChord } from '@/lib/keyboard';
import { PAGES, pagesFor } from '@/lib/pages';

const OTHERS: [keys: string[], does: string][] = [
  [['←', '↑', '↓', '→'], 'move through the gallery; left and right through open items'],
  [['Enter'], 'open the sample'],
  [['Esc'], 'close it'],
  [['h'], 'hide or show the heatmaps'],
  [['1', '…', '9'], 'on a sample’s page: choose the class to correct its label to'],
  [['?'], 'this list'],
];

interface ShortcutsProps {
  projectId: number | undefined;
  listed: boolean;
  onList: () => void;
  onClose: () => void;
}

/** Listens for `g` + letter and `?` on every page. */
export function Shortcuts({ projectId, listed, onList, onClose }: ShortcutsProps) {
  const chord = useRef<Chord>({ startedAt: null });
  const navigate = useNavigate();
  const permissions = usePermissions(projectId);
  useShortcut(
    useCallback(
      (event) => {
        if (event.key === '?') onList();
        const pressed = pressChord(chord.current, event.key, Date.now());
        chord.current = pressed.chord;
        if (pressed.go && projectId !== undefined && pagesFor(permissions).includes(pressed.go))
          void navigate({ to: PAGES[pressed.go].to, params: { projectId } });
      },
      [navigate, projectId, permissions, onList],
    ),
  );
  return (
    <Modal opened={listed} onClose={onClose} title="Keyboard shortcuts">
      <Table withRowBorders={false}>
        <Table.Tbody>
          {pagesFor(permissions).map((letter) => (
            <Row key={letter} keys={['g', letter]} does={`go to ${PAGES[letter].name}`} />
          ))}
          {OTHERS.map(([keys, does]) => (
            <Row key={does} keys={keys} does={does} />
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function Row({ keys, does }: { keys: string[]; does: string }) {
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        {keys.map((key) => (
          <Kbd key={key} mr={4}>
            {key}
          </Kbd>
        ))}
      </Table.Td>
      <Table.Td>{does}</Table.Td>
    </Table.Tr>
  );
}
