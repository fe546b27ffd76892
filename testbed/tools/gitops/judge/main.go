// Judge says what GitOps tools make of a Kubernetes object, which it reads as JSON from standard input.
//
//	judge kstatus      its status as Flux's health checks compute it, with the same library
//	judge lua SCRIPT   what a health check or action of Argo CD returns, in the same interpreter and with no
//	                   more of Lua's libraries than Argo CD gives to scripts from its ConfigMap
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	luajson "layeh.com/gopher-json"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

func main() {
	answer, err := judge(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(answer)
}

func judge(args []string) (string, error) {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return "", err
	}
	switch {
	case len(args) == 1 && args[0] == "kstatus":
		return kstatus(input)
	case len(args) == 2 && args[0] == "lua":
		return runLua(input, args[1])
	}
	return "", errors.New("usage: judge kstatus | judge lua SCRIPT")
}

func kstatus(input []byte) (string, error) {
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(input); err != nil {
		return "", err
	}
	result, err := status.Compute(&object)
	if err != nil {
		return "", err
	}
	answer, err := json.Marshal(map[string]string{"status": result.Status.String(), "message": result.Message})
	return string(answer), err
}

func runLua(input []byte, script string) (string, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage,
		lua.BaseLibName: lua.OpenBase,
		lua.TabLibName:  lua.OpenTable,
		lua.OsLibName:   openClock,
	} {
		state.Push(state.NewFunction(open))
		state.Push(lua.LString(name))
		state.Call(1, 0)
	}
	state.PreloadModule(lua.OsLibName, func(state *lua.LState) int {
		state.Push(state.GetGlobal(lua.OsLibName))
		return 1
	})
	object, err := luajson.Decode(state, input)
	if err != nil {
		return "", err
	}
	state.SetGlobal("obj", object)
	if err := state.DoFile(script); err != nil {
		return "", err
	}
	answer, err := luajson.Encode(state.Get(-1))
	return string(answer), err
}

// openClock leaves of Lua's os library what tells the time.
func openClock(state *lua.LState) int {
	state.Push(state.NewFunction(lua.OpenOs))
	state.Push(lua.LString(lua.OsLibName))
	state.Call(1, 0)
	full := state.GetGlobal(lua.OsLibName)
	clock := state.NewTable()
	for _, name := range []string{"time", "date"} {
		clock.RawSetString(name, state.GetField(full, name))
	}
	state.SetGlobal(lua.OsLibName, clock)
	return 0
}
