import { ActionIcon, Button, ColorInput, Group, Stack, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { CLASS_COLORS, type ProjectValues, withClass, withoutClass } from './form';

const EXAMPLES = ['for example functional', 'for example defective'];

export type ProjectFormState = UseFormReturnType<ProjectValues>;

export function ClassFields({ form }: { form: ProjectFormState }) {
  const { classes } = form.values;
  return (
    <Stack gap="xs">
      {classes.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place
        <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
          <TextInput
            aria-label={`Name of class ${index + 1}`}
            placeholder={EXAMPLES[index]}
            maxLength={80}
            style={{ flex: 1 }}
            {...form.getInputProps(`classes.${index}.name`)}
          />
          <ColorInput
            aria-label={`Colour of class ${index + 1}`}
            w={130}
            swatches={CLASS_COLORS}
            swatchesPerRow={6}
            withEyeDropper={false}
            {...form.getInputProps(`classes.${index}.color`)}
          />
          <ActionIcon
            variant="default"
            size={34}
            aria-label={`Remove class ${index + 1}`}
            disabled={classes.length <= 2}
            onClick={() => form.setValues(withoutClass(form.values, index))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() => form.setValues(withClass(form.values))}
      >
        Add a class
      </Button>
    </Stack>
  );
}
