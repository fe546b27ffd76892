// Evaluates a Terraform module without any provider: variables with their validations, data sources that are given, locals,
// preconditions and the arguments of resources.
//
//	terraform-module FOLDER < {"variables": {…}, "data": {…}}
//
// Prints {"resources": {"TYPE.NAME": {ARGUMENT: VALUE}}, "unformatted": [FILE]}; what Terraform would refuse ends it with 1.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

type condition struct {
	Condition    hcl.Expression `hcl:"condition"`
	ErrorMessage string         `hcl:"error_message"`
}

type resource struct {
	Type      string `hcl:"type,label"`
	Name      string `hcl:"name,label"`
	Lifecycle *struct {
		Preconditions []condition `hcl:"precondition,block"`
	} `hcl:"lifecycle,block"`
	Body hcl.Body `hcl:",remain"`
}

type module struct {
	Variables []struct {
		Name        string         `hcl:"name,label"`
		Description string         `hcl:"description"`
		Type        hcl.Expression `hcl:"type"`
		Default     hcl.Expression `hcl:"default,optional"`
		Nullable    *bool          `hcl:"nullable"`
		Validations []condition    `hcl:"validation,block"`
	} `hcl:"variable,block"`
	Data []struct {
		Type string `hcl:"type,label"`
		Name string `hcl:"name,label"`
	} `hcl:"data,block"`
	Locals []struct {
		Body hcl.Body `hcl:",remain"`
	} `hcl:"locals,block"`
	Resources []resource `hcl:"resource,block"`
	Outputs   []struct {
		Name        string         `hcl:"name,label"`
		Description string         `hcl:"description"`
		Value       hcl.Expression `hcl:"value"`
	} `hcl:"output,block"`
	Terraform []struct {
		Body hcl.Body `hcl:",remain"`
	} `hcl:"terraform,block"`
}

type input struct {
	Variables map[string]json.RawMessage `json:"variables"`
	Data      json.RawMessage            `json:"data"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: terraform-module FOLDER")
		os.Exit(1)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	var given input
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		return err
	}
	parser := hclparse.NewParser()
	files := []*hcl.File{}
	unformatted := []string{}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, diagnostics := parser.ParseHCL(source, path)
		if diagnostics.HasErrors() {
			return diagnostics
		}
		if !bytes.Equal(hclwrite.Format(source), source) {
			unformatted = append(unformatted, filepath.Base(path))
		}
		files = append(files, file)
	}
	var parsed module
	if diagnostics := gohcl.DecodeBody(hcl.MergeFiles(files), nil, &parsed); diagnostics.HasErrors() {
		return diagnostics
	}
	resources, err := evaluate(parsed, given)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"resources": resources, "unformatted": unformatted})
}

func evaluate(parsed module, given input) (map[string]json.RawMessage, error) {
	context := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: functions()}
	if err := setVariables(parsed, given, context); err != nil {
		return nil, err
	}
	dataType, err := ctyjson.ImpliedType(given.Data)
	if err != nil {
		return nil, err
	}
	if context.Variables["data"], err = ctyjson.Unmarshal(given.Data, dataType); err != nil {
		return nil, err
	}
	if err := setLocals(parsed, context); err != nil {
		return nil, err
	}
	all := map[string]json.RawMessage{}
	// By type.
	byName := map[string]map[string]cty.Value{}
	for _, resource := range parsed.Resources {
		values, err := arguments(resource, context)
		if err != nil {
			return nil, err
		}
		if all[resource.Type+"."+resource.Name], err = asJSON(values); err != nil {
			return nil, err
		}
		// What comes later may refer to it; what only AWS knows of it is told by its address.
		values["id"] = cty.StringVal(resource.Type + "." + resource.Name + ".id")
		values["arn"] = cty.StringVal(resource.Type + "." + resource.Name + ".arn")
		if byName[resource.Type] == nil {
			byName[resource.Type] = map[string]cty.Value{}
		}
		byName[resource.Type][resource.Name] = cty.ObjectVal(values)
		context.Variables[resource.Type] = cty.ObjectVal(byName[resource.Type])
	}
	for _, output := range parsed.Outputs {
		if _, diagnostics := output.Value.Value(context); diagnostics.HasErrors() {
			return nil, diagnostics
		}
	}
	return all, nil
}

// The arguments of a resource whose preconditions hold.
func arguments(resource resource, context *hcl.EvalContext) (map[string]cty.Value, error) {
	if resource.Lifecycle != nil {
		if err := holds(resource.Lifecycle.Preconditions, context); err != nil {
			return nil, err
		}
	}
	// What it complains of is the lifecycle block, which was read above.
	attributes, _ := resource.Body.JustAttributes()
	values := map[string]cty.Value{}
	for name, attribute := range attributes {
		value, diagnostics := attribute.Expr.Value(context)
		if diagnostics.HasErrors() {
			return nil, diagnostics
		}
		values[name] = value
	}
	return values, nil
}

func asJSON(values map[string]cty.Value) (json.RawMessage, error) {
	encoded, err := ctyjson.Marshal(cty.ObjectVal(values), cty.DynamicPseudoType)
	if err != nil {
		return nil, err
	}
	var typed struct{ Value json.RawMessage }
	err = json.Unmarshal(encoded, &typed)
	return typed.Value, err
}

func setVariables(parsed module, given input, context *hcl.EvalContext) error {
	values := map[string]cty.Value{}
	for _, variable := range parsed.Variables {
		wanted, diagnostics := typeexpr.TypeConstraint(variable.Type)
		if diagnostics.HasErrors() {
			return diagnostics
		}
		value, diagnostics := variable.Default.Value(nil)
		if diagnostics.HasErrors() {
			return diagnostics
		}
		if raw, there := given.Variables[variable.Name]; there {
			implied, err := ctyjson.ImpliedType(raw)
			if err != nil {
				return err
			}
			if value, err = ctyjson.Unmarshal(raw, implied); err != nil {
				return err
			}
			delete(given.Variables, variable.Name)
		} else if value.IsNull() {
			return fmt.Errorf("no value for variable %s", variable.Name)
		}
		converted, err := convert.Convert(value, wanted)
		if err != nil {
			return fmt.Errorf("variable %s: %w", variable.Name, err)
		}
		values[variable.Name] = converted
	}
	for name := range given.Variables {
		return fmt.Errorf("no variable is named %s", name)
	}
	context.Variables["var"] = cty.ObjectVal(values)
	for _, variable := range parsed.Variables {
		if err := holds(variable.Validations, context); err != nil {
			return err
		}
	}
	return nil
}

// Locals may stand in any order: those that can be evaluated are, until all have been or none can be.
func setLocals(parsed module, context *hcl.EvalContext) error {
	waiting := map[string]hcl.Expression{}
	for _, locals := range parsed.Locals {
		attributes, diagnostics := locals.Body.JustAttributes()
		if diagnostics.HasErrors() {
			return diagnostics
		}
		for name, attribute := range attributes {
			waiting[name] = attribute.Expr
		}
	}
	known := map[string]cty.Value{}
	for len(waiting) > 0 {
		context.Variables["local"] = cty.ObjectVal(known)
		var problem error
		before := len(waiting)
		for name, expression := range waiting {
			value, diagnostics := expression.Value(context)
			if diagnostics.HasErrors() {
				problem = diagnostics
				continue
			}
			known[name] = value
			delete(waiting, name)
		}
		if len(waiting) == before {
			return problem
		}
	}
	context.Variables["local"] = cty.ObjectVal(known)
	return nil
}

func holds(conditions []condition, context *hcl.EvalContext) error {
	for _, one := range conditions {
		value, diagnostics := one.Condition.Value(context)
		if diagnostics.HasErrors() {
			return diagnostics
		}
		if value.False() {
			return fmt.Errorf("%s", one.ErrorMessage)
		}
	}
	return nil
}

// Those of Terraform's functions that the module uses.
func functions() map[string]function.Function {
	return map[string]function.Function{
		"alltrue": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
			Type:   function.StaticReturnType(cty.Bool),
			Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
				for _, value := range arguments[0].AsValueSlice() {
					if value.False() {
						return cty.False, nil
					}
				}
				return cty.True, nil
			},
		}),
		"can":        tryfunc.CanFunc,
		"contains":   stdlib.ContainsFunc,
		"jsonencode": stdlib.JSONEncodeFunc,
		"length":     lengthFunc,
		"regex":      stdlib.RegexFunc,
	}
}

// Terraform's takes texts, too.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		if arguments[0].Type() == cty.String {
			return stdlib.Strlen(arguments[0])
		}
		return stdlib.Length(arguments[0])
	},
})
