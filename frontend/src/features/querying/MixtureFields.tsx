import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { RecipeOut } from '@/api/types.gen';
import { formatNumber } from '@/lib/numbers';
import { MOST_PARTS, nextRecipe, type Part, total } from './query-plan';

interface MixtureFieldsProps {
  parts: Part[];
  recipes: RecipeOut[];
  onChange: (parts: Part[]) => void;
}

/** The ways that share a round, each with its share. */
export function MixtureFields({ parts, recipes, onChange }: MixtureFieldsProps) {
  const next = nextRecipe(recipes, parts);
  const sum = total(parts);
  return (
    <Stack gap="xs" w="100%" maw={620}>
      {parts.map((part, place) => (
        <PartFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a recipe may be chosen twice while one edits
          key={place}
          part={part}
          recipes={recipes}
          onChange={(after) => onChange(parts.with(place, after))}
          onRemove={parts.length > 1 ? () => onChange(parts.toSpliced(place, 1)) : undefined}
        />
      ))}
      <Group gap="sm">
        <Button
          variant="default"
          disabled={next === undefined || parts.length >= MOST_PARTS}
          onClick={() => next && onChange([...parts, { recipe: next, share: 20 }])}
        >
          Add a way…
        </Button>
        {Math.abs(sum - 100) > 0.01 && (
          <Text size="sm" c="dimmed">
            The shares come to {formatNumber(sum)}%; they are scaled to 100%.
          </Text>
        )}
      </Group>
    </Stack>
  );
}

interface PartFieldsProps {
  part: Part;
  recipes: RecipeOut[];
  onChange: (part: Part) => void;
  onRemove: (() => void) | undefined;
}

function PartFields({ part, recipes, onChange, onRemove }: PartFieldsProps) {
  const chosen = recipes.find(({ name }) => name === part.recipe);
  return (
    <Stack gap={2}>
      <Group gap="xs" wrap="nowrap">
        <Select
          aria-label="Way of asking"
          data={recipes.map(({ name, title }) => ({ value: name, label: title }))}
          value={part.recipe}
          allowDeselect={false}
          searchable
          flex={1}
          onChange={(recipe) => recipe && onChange({ ...part, recipe })}
        />
        <NumberInput
          aria-label={`Share of ${chosen?.title ?? part.recipe}`}
          value={part.share}
          onChange={(share) => onChange({ ...part, share })}
          suffix="%"
          min={0}
          hideControls
          w={84}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Leave out ${chosen?.title ?? part.recipe}`}
          disabled={!onRemove}
          onClick={onRemove}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {chosen && (
        <Text size="xs" c="dimmed">
          {chosen.sentence}
        </Text>
      )}
    </Stack>
  );
}
