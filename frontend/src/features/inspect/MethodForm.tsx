import { NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { MethodOut, SettingOut } from '@/api/types.gen';
import { type Value, type Values, wrongWith } from './inspect';

interface MethodFormProps {
  methods: MethodOut[];
  layers: string[];
  method: MethodOut;
  values: Values;
  onMethod: (name: string) => void;
  onValues: (values: Values) => void;
}

/** Which method, and how it is set: whatever the method itself says can be set. */
export function MethodForm({ methods, layers, method, values, onMethod, onValues }: MethodFormProps) {
  return (
    <Stack gap="sm">
      <Select
        label="Method"
        data={methods.map(({ name, title, lacking }) => ({
          value: name,
          label: title,
          disabled: lacking !== '',
        }))}
        value={method.name}
        onChange={(name) => name && onMethod(name)}
        allowDeselect={false}
        searchable
      />
      <Text size="xs" c="dimmed">
        {method.lacking || `Each map shows ${method.sentence}. ${method.paper}.`}
      </Text>
      {method.settings.length > 0 && (
        <SimpleGrid cols={{ base: 2, sm: 3, lg: 2 }} spacing="xs">
          {method.settings.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              layers={layers}
              value={values[setting.name] ?? setting.default}
              onChange={(value) => onValues({ ...values, [setting.name]: value })}
            />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}

interface SettingFieldProps {
  setting: SettingOut;
  layers: string[];
  value: Value;
  onChange: (value: Value) => void;
}

function SettingField({ setting, layers, value, onChange }: SettingFieldProps) {
  if (setting.kind === 'choice' || setting.kind === 'layer') {
    const data =
      setting.kind === 'choice'
        ? setting.choices
        : [{ value: '', label: 'the last' }, ...layers.toReversed()];
    return (
      <Select
        label={setting.title}
        description={setting.help}
        data={data}
        value={String(value)}
        onChange={(chosen) => chosen !== null && onChange(chosen)}
        allowDeselect={false}
        searchable={setting.kind === 'layer'}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    );
  }
  return (
    <NumberInput
      label={setting.title}
      description={setting.help}
      value={value}
      min={setting.minimum ?? undefined}
      max={setting.maximum ?? undefined}
      step={setting.step ?? 1}
      allowDecimal={setting.kind === 'number'}
      clampBehavior="none"
      onChange={onChange}
      error={wrongWith(setting, value)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}
