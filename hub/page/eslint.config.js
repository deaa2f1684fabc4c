import eslint from "@eslint/js";
import vue from "eslint-plugin-vue";
import { defineConfig } from "eslint/config";
import ts from "typescript";
import tseslint from "typescript-eslint";
import vueParser from "vue-eslint-parser";

// The parser gives the type checker the script of a component. Where the checker has read the whole file from disk
// before, that is a change, and all that it has worked out of all files is worked out anew: for each component.
const readWhole = ts.sys.readFile;
ts.sys.readFile = (path, encoding) => {
  const text = readWhole(path, encoding);
  return path.endsWith(".vue") ? text?.match(/^<script[^>]*>(.*?)^<\/script>/ms)?.[1] ?? text : text;
};
/** What gives words in the reader's language of that moment. */
const WORDS = "CallExpression[callee.name=/^(t|named|pick|\\w+Words)$/]";

export default defineConfig(
  { ignores: ["node_modules", "src/api/schema.ts"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts", "**/*.vue"],
    extends: [tseslint.configs.strictTypeChecked, vue.configs["flat/recommended"]],
    languageOptions: {
      parser: vueParser,
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".vue"],
      },
    },
    rules: {
      // the layout of templates is the formatter's business
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      // the compiler finds undefined names
      "no-undef": "off",
      "max-lines": ["error", 400],
      // words are made where they are shown, so that they change with the language: what is kept is a code
      "no-restricted-syntax": [
        "error",
        ...[
          `AssignmentExpression[left.property.name="value"] > ${WORDS}.right`,
          `AssignmentExpression[left.property.name="value"] > :matches(ConditionalExpression, LogicalExpression, TemplateLiteral).right > ${WORDS}`,
          `AssignmentExpression[left.object.property.name="value"] > ${WORDS}.right`,
          `CallExpression[callee.name=/^(ref|shallowRef)$/] > ${WORDS}`,
          `CatchClause ${WORDS}`,
        ].map((selector) => ({ selector, message: "Keep the code (a HubError, a key) and say it in the template: RefusalNote, or `computed`." })),
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  { files: ["**/*.js"], languageOptions: { globals: { process: "readonly" } } },
);
