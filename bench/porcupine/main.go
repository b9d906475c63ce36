// Checks the histories of registers that main.ts writes with porcupine, and prints what each took.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

type operation struct {
	Client                 int
	Invoked, Completed     int64
	Kind, Key              string
	Argument, Swap, Result int
}

type input struct {
	kind, key      string
	argument, swap int
}

const absent = -1

var registers = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		at := map[string]int{}
		var parts [][]porcupine.Operation
		for _, op := range history {
			key := op.Input.(input).key
			if _, known := at[key]; !known {
				at[key] = len(parts)
				parts = append(parts, nil)
			}
			parts[at[key]] = append(parts[at[key]], op)
		}
		return parts
	},
	Init: func() interface{} { return absent },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		value, asked, result := state.(int), in.(input), out.(int)
		switch asked.kind {
		case "read":
			return result == value, value
		case "write":
			return true, asked.argument
		}
		if value != asked.argument {
			return result == 0, value
		}
		return result == 1, asked.swap
	},
}

func main() {
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		var operations []operation
		if err := json.Unmarshal(text, &operations); err != nil {
			panic(err)
		}
		var history []porcupine.Operation
		for _, op := range operations {
			history = append(history, porcupine.Operation{
				ClientId: op.Client,
				Input:    input{op.Kind, op.Key, op.Argument, op.Swap},
				Call:     op.Invoked,
				Output:   op.Result,
				Return:   op.Completed,
			})
		}
		from := time.Now()
		ok := porcupine.CheckOperations(registers, history)
		fmt.Println(ok, float64(time.Since(from).Microseconds())/1000)
	}
}
